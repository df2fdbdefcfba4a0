CREATE USER looker PASSWORD 'pass-looker';
CREATE DATABASE odd;
\connect odd
CREATE SCHEMA sales;
CREATE SCHEMA closed;
GRANT USAGE ON SCHEMA sales TO looker;
CREATE TYPE mood AS ENUM ('good', 'b''ad');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN address AS varchar(99) NOT NULL DEFAULT 'x';
CREATE DOMAIN mail AS address;
CREATE TABLE person (id serial PRIMARY KEY, login varchar(150) NOT NULL UNIQUE, pw varchar(100) NOT NULL, email mail, mood mood NOT NULL DEFAULT 'good',
  tags text[], both_ pair, up text GENERATED ALWAYS AS (upper(login)) STORED, "Up" int, created timestamp DEFAULT now());
COMMENT ON TABLE person IS 'the ''accounts''';
COMMENT ON COLUMN person.created IS 'when';
CREATE UNIQUE INDEX partial ON person (email) WHERE tags IS NULL;
CREATE UNIQUE INDEX lowered ON person (lower(login));
CREATE UNIQUE INDEX including ON person ("Up") INCLUDE (login);
CREATE TABLE "order" ("select" int REFERENCES person, "a`b" int, "per%cent" int, "new
line" varchar(10), "<b>""x""</b>" int, "{{ 1 + 1 }}" int, PRIMARY KEY ("a`b", "select"));
CREATE TABLE child (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, o int, ob int, FOREIGN KEY (ob, o) REFERENCES "order" ("a`b", "select"));
CREATE TABLE "x%s:y" (who int);
CREATE TABLE sales.bill (id int PRIMARY KEY, person_id int REFERENCES person);
CREATE TABLE closed.secret (id int);
CREATE TABLE parted (id int, y int, PRIMARY KEY (id, y)) PARTITION BY RANGE (y);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
CREATE TABLE hidden (a int);
CREATE MATERIALIZED VIEW orders AS SELECT p.login FROM person p JOIN "x%s:y" x ON p.id = x.who WHERE p.email <> 'geheim-4711';
CREATE FUNCTION leaving() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM child WHERE o = OLD.id; RETURN OLD; END $$;
CREATE TRIGGER leaves BEFORE DELETE ON person FOR EACH ROW EXECUTE FUNCTION leaving();
INSERT INTO person (login, pw, email) VALUES ('geheim-a', 'geheim-b', 'geheim-e'), ('geheim-c', 'geheim-d', 'geheim-f');
GRANT SELECT ON ALL TABLES IN SCHEMA public, sales TO looker;
REVOKE ALL ON hidden FROM looker;
