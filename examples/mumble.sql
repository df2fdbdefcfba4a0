-- The tables of a Mumble server 1.5 on SQLite that have to do with users, with its SuperUser and one group of the root channel.
-- For "make demo": enough for the module, not for the server.

CREATE TABLE servers (server_id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE meta (keystring TEXT PRIMARY KEY, value TEXT);
CREATE TABLE config (server_id INTEGER NOT NULL, key TEXT, value TEXT);
CREATE UNIQUE INDEX config_key ON config (server_id, key);
CREATE TABLE channels (
  server_id INTEGER NOT NULL, channel_id INTEGER NOT NULL, parent_id INTEGER, name TEXT, inheritacl INTEGER);
CREATE TABLE users (
  server_id INTEGER NOT NULL, user_id INTEGER NOT NULL, name TEXT NOT NULL, pw TEXT, salt TEXT, kdfiterations INTEGER,
  lastchannel INTEGER, texture BLOB, last_active DATE, last_disconnect DATE);
CREATE UNIQUE INDEX users_name ON users (server_id, name);
CREATE UNIQUE INDEX users_id ON users (server_id, user_id);
CREATE TABLE user_info (server_id INTEGER NOT NULL, user_id INTEGER NOT NULL, key INTEGER, value TEXT);
CREATE UNIQUE INDEX user_info_id ON user_info (server_id, user_id, key);
CREATE TABLE groups (
  group_id INTEGER PRIMARY KEY AUTOINCREMENT, server_id INTEGER NOT NULL, name TEXT, channel_id INTEGER NOT NULL,
  inherit INTEGER, inheritable INTEGER);
CREATE TABLE group_members (group_id INTEGER NOT NULL, server_id INTEGER NOT NULL, user_id INTEGER NOT NULL, addit INTEGER);
CREATE TABLE acl (
  server_id INTEGER NOT NULL, channel_id INTEGER NOT NULL, priority INTEGER, user_id INTEGER, group_name TEXT,
  apply_here INTEGER, apply_sub INTEGER, grantpriv INTEGER, revokepriv INTEGER);
CREATE TABLE channel_listeners (
  server_id INTEGER NOT NULL, user_id INTEGER NOT NULL, channel_id INTEGER NOT NULL,
  volume_adjustment FLOAT DEFAULT 1, enabled SMALLINT DEFAULT 1);
CREATE TRIGGER user_info_del_user AFTER DELETE ON users FOR EACH ROW BEGIN
  DELETE FROM user_info WHERE user_id = old.user_id AND server_id = old.server_id; END;

INSERT INTO servers VALUES (1);
INSERT INTO meta VALUES ('version', '9'), ('pbkdf2_iterations', '32000');
INSERT INTO channels VALUES (1, 0, NULL, 'Root', 1);
INSERT INTO users VALUES (1, 0, 'SuperUser', NULL, NULL, NULL, 0, NULL, '2026-11-01 12:00:00', NULL);
INSERT INTO groups VALUES (1, 1, 'admin', 0, 1, 1);
