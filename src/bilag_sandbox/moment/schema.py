"""The tables of the Moment sandbox."""

VERSION = 1
SCHEMA = """
create table object (
    entity text not null,
    id integer not null,
    version integer not null,
    number text,
    state text,
    export_status text,
    project_id integer,
    external_key text,
    created text not null,
    modified text not null,
    search text not null,
    body text not null,
    hidden text not null,
    primary key (entity, id)
);
create index object_number on object (entity, number);
create unique index invoice_number on object (number) where entity = 'invoices' and number is not null;
create index object_key on object (external_key) where external_key is not null;
create table attachment (
    id integer primary key,
    entity text not null,
    owner_id integer not null,
    file_name text not null,
    content_type text not null,
    content blob not null
);
create table sequence (name text primary key, next integer not null);
create table setting (name text primary key, value text not null)
"""
