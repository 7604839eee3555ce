"""The hub's tables. Amounts are whole øre. Triggers keep posted rows from being changed or removed."""

VERSION = 1

SCHEMA = """
create table setting (name text primary key, value text not null);
create table hub_user (
  username text primary key, password text not null, api_key text, clients text, active integer not null default 1);
create table token (
  token text primary key, username text not null, expires_at real not null, withdrawn integer not null default 0);
create table client (id text primary key, parent text not null, config text not null);
create table account (
  client text not null, number text not null, name text not null, type text not null, active integer not null,
  postable integer not null, default_vat_code text, vat_codes_allowed text, required_units text not null,
  primary key (client, number));
create table vat_code (
  client text not null, code text not null, name text not null, standard_tax_code text, rate text not null,
  direction text not null, active integer not null, vat_account text, primary key (client, code));
create table period (
  client text not null, year integer not null, period integer not null, first_date text not null,
  last_date text not null, state text not null, primary key (client, year, period));
create table customer (
  client text not null, number text not null, record text not null, status text not null, version integer not null,
  changed_at text not null, primary key (client, number));
create table supplier (
  client text not null, number text not null, name text not null, organisation_number text,
  primary key (client, number));
create table unit_value (
  client text not null, unit integer not null, value text not null, record text not null, version integer not null,
  changed_at text not null, primary key (client, unit, value));
create table counter (client text not null, name text not null, next integer not null, primary key (client, name));
create table batch (
  client text not null, number integer not null, external_id text not null, status text not null,
  auto_update integer not null, value_date text not null, description text, voucher_series text,
  journal_number integer, error_code text, error_message text, content text not null, results text not null,
  fingerprint text not null, created_at real not null, updated_at real, busy_until real,
  primary key (client, number), unique (client, external_id));
create index batch_busy on batch (client) where busy_until is not null;
create table voucher (
  id integer primary key, client text not null, journal_number integer not null, position integer not null,
  voucher_number integer not null, type text not null, related_voucher_number integer, batch_number integer,
  external_id text, value_date text not null, posted_at real not null, header text not null);
create index voucher_by_number on voucher (client, voucher_number);
create index voucher_by_related on voucher (client, related_voucher_number);
create index voucher_by_journal on voucher (client, journal_number, position);
create table entry (
  client text not null, journal_number integer not null, entry_number integer not null,
  voucher_id integer not null references voucher (id), account text not null, customer text, supplier text,
  amount integer not null, currency_amount integer not null, vat_amount integer not null,
  vat_currency_amount integer not null, vat_code text,
  org_units text not null, text text, due_date text, payment_id text, value_date text not null, reverses text,
  primary key (client, journal_number, entry_number)) without rowid;
create index entry_by_voucher on entry (voucher_id);
create index entry_by_account on entry (client, account);
create table document (
  id integer primary key, client text not null, journal_number integer, voucher_number integer,
  external_document_id text, file_name text not null, content_type text not null, content blob not null);
create index document_by_journal on document (client, journal_number);
create table posting_effect (id integer primary key, client text not null, spec text not null, left integer);
create trigger voucher_stays before update on voucher
  when old.client is not new.client or old.journal_number is not new.journal_number or old.position is not new.position
    or old.voucher_number is not new.voucher_number or old.type is not new.type or old.value_date is not new.value_date
    or old.related_voucher_number is not new.related_voucher_number or old.batch_number is not new.batch_number
    or old.external_id is not new.external_id or old.posted_at is not new.posted_at
    or json_remove(old.header, '$.yourReference', '$.text', '$.dueDate', '$.paymentId')
      is not json_remove(new.header, '$.yourReference', '$.text', '$.dueDate', '$.paymentId')
  begin select raise(abort, 'a posted voucher never changes'); end;
create trigger voucher_remains before delete on voucher begin select raise(abort, 'a posted voucher stays'); end;
create trigger entry_stays before update on entry begin select raise(abort, 'a posted entry never changes'); end;
create trigger entry_remains before delete on entry begin select raise(abort, 'a posted entry stays'); end;
create trigger posted_batch_remains before delete on batch when old.status = 'updated'
  begin select raise(abort, 'a posted batch stays'); end
"""
