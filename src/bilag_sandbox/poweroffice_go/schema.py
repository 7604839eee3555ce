"""The tables. Amounts are whole øre. Triggers keep posted rows from being changed or removed."""

VERSION = 1

SCHEMA = """
create table setting (name text primary key, value text not null);
create table client (id text primary key, client_key text not null unique, config text not null);
create table token (
  token text primary key, client text not null, expires_at real not null, withdrawn integer not null default 0);
create table counter (client text not null, name text not null, next integer not null, primary key (client, name));
create table account (
  client text not null, id integer not null, number integer not null, record text not null, changed_at real not null,
  primary key (client, id), unique (client, number));
create table vat_code (
  client text not null, id integer not null, code text not null, record text not null, vat_account integer,
  primary key (client, id));
create table contact (
  client text not null, id integer not null, kind text not null, number integer not null, ledger_id integer not null,
  record text not null, created_at real not null, changed_at real not null,
  primary key (client, id), unique (client, number), unique (client, ledger_id));
create table object (
  client text not null, kind text not null, id integer not null, code text not null, record text not null,
  created_at real not null, changed_at real not null, primary key (client, kind, id), unique (client, kind, code));
create table voucher (
  client text not null, id text not null, number integer not null, type text not null, voucher_date text not null,
  reference text, invoice_no text, imported integer not null, body text not null, description text,
  reverses text, reversed_by text, created_at real not null, changed_at real not null,
  primary key (client, id), unique (client, number));
create index voucher_by_reference on voucher (client, reference) where reference is not null;
create index voucher_by_invoice on voucher (client, invoice_no) where invoice_no is not null;
create table entry (
  client text not null, id integer not null, voucher text not null, account integer not null, contact integer,
  posting_date text not null, amount integer not null, currency_amount integer not null, vat_amount integer not null,
  vat integer not null, created_at real not null, record text not null, primary key (client, id)) without rowid;
create index entry_by_date on entry (client, posting_date);
create index entry_by_voucher on entry (client, voucher);
create index entry_by_contact on entry (client, contact) where contact is not null;
create table document (
  id integer primary key, client text not null, voucher text not null, kind text not null, name text not null,
  content blob not null);
create index document_by_voucher on document (client, voucher);
create table posting_effect (id integer primary key, client text not null, spec text not null, left integer);
create trigger voucher_stays before update on voucher
  when old.id is not new.id or old.number is not new.number or old.type is not new.type
    or old.voucher_date is not new.voucher_date or old.reference is not new.reference
    or old.invoice_no is not new.invoice_no or old.body is not new.body or old.reverses is not new.reverses
    or old.created_at is not new.created_at
  begin select raise(abort, 'a posted voucher never changes'); end;
create trigger voucher_remains before delete on voucher begin select raise(abort, 'a posted voucher stays'); end;
create trigger entry_stays before update on entry begin select raise(abort, 'a posted entry never changes'); end;
create trigger entry_remains before delete on entry begin select raise(abort, 'a posted entry stays'); end
"""
