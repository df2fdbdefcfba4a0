-- The tables of a MediaWiki 1.43 on SQLite that have to do with accounts, with one administrator and one page.
-- For "make demo" and the unit tests: enough for the module, not for MediaWiki.

CREATE TABLE user (
  user_id INTEGER PRIMARY KEY AUTOINCREMENT, user_name BLOB NOT NULL UNIQUE, user_real_name BLOB NOT NULL DEFAULT '',
  user_password BLOB NOT NULL, user_newpassword BLOB NOT NULL, user_newpass_time BLOB, user_email CLOB NOT NULL,
  user_touched BLOB NOT NULL, user_token BLOB NOT NULL DEFAULT '', user_email_authenticated BLOB,
  user_email_token BLOB, user_email_token_expires BLOB, user_registration BLOB, user_editcount INTEGER,
  user_password_expires BLOB, user_is_temp SMALLINT NOT NULL DEFAULT 0);
CREATE TABLE actor (
  actor_id INTEGER PRIMARY KEY AUTOINCREMENT, actor_user INTEGER UNIQUE, actor_name BLOB NOT NULL UNIQUE);
CREATE TABLE user_groups (
  ug_user INTEGER NOT NULL, ug_group BLOB NOT NULL, ug_expiry BLOB, PRIMARY KEY (ug_user, ug_group));
CREATE TABLE user_former_groups (
  ufg_user INTEGER NOT NULL, ufg_group BLOB NOT NULL, PRIMARY KEY (ufg_user, ufg_group));
CREATE TABLE user_properties (
  up_user INTEGER NOT NULL, up_property BLOB NOT NULL, up_value BLOB, PRIMARY KEY (up_user, up_property));
CREATE TABLE user_newtalk (user_id INTEGER NOT NULL DEFAULT 0, user_ip BLOB NOT NULL DEFAULT '', user_last_timestamp BLOB);
CREATE TABLE bot_passwords (
  bp_user INTEGER NOT NULL, bp_app_id BLOB NOT NULL, bp_password BLOB NOT NULL, bp_token BLOB NOT NULL DEFAULT '',
  bp_restrictions BLOB NOT NULL, bp_grants BLOB NOT NULL, PRIMARY KEY (bp_user, bp_app_id));
CREATE TABLE comment (
  comment_id INTEGER PRIMARY KEY AUTOINCREMENT, comment_hash INTEGER NOT NULL, comment_text BLOB NOT NULL, comment_data BLOB);
CREATE TABLE logging (
  log_id INTEGER PRIMARY KEY AUTOINCREMENT, log_type BLOB NOT NULL DEFAULT '', log_action BLOB NOT NULL DEFAULT '',
  log_timestamp BLOB NOT NULL DEFAULT '19700101000000', log_actor BIGINT NOT NULL, log_namespace INTEGER NOT NULL DEFAULT 0,
  log_title BLOB NOT NULL DEFAULT '', log_page INTEGER, log_comment_id BIGINT NOT NULL, log_params BLOB NOT NULL,
  log_deleted SMALLINT NOT NULL DEFAULT 0);
CREATE TABLE log_search (
  ls_field BLOB NOT NULL, ls_value VARCHAR(255) NOT NULL, ls_log_id INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (ls_field, ls_value, ls_log_id));
CREATE TABLE recentchanges (
  rc_id INTEGER PRIMARY KEY AUTOINCREMENT, rc_timestamp BLOB NOT NULL, rc_actor BIGINT NOT NULL,
  rc_namespace INTEGER NOT NULL DEFAULT 0, rc_title BLOB NOT NULL DEFAULT '', rc_comment_id BIGINT NOT NULL,
  rc_minor SMALLINT NOT NULL DEFAULT 0, rc_bot SMALLINT NOT NULL DEFAULT 0, rc_new SMALLINT NOT NULL DEFAULT 0,
  rc_cur_id INTEGER NOT NULL DEFAULT 0, rc_this_oldid INTEGER NOT NULL DEFAULT 0, rc_last_oldid INTEGER NOT NULL DEFAULT 0,
  rc_type SMALLINT NOT NULL DEFAULT 0, rc_source BLOB NOT NULL DEFAULT '', rc_patrolled SMALLINT NOT NULL DEFAULT 0,
  rc_ip BLOB NOT NULL DEFAULT '', rc_old_len INTEGER, rc_new_len INTEGER, rc_deleted SMALLINT NOT NULL DEFAULT 0,
  rc_logid INTEGER NOT NULL DEFAULT 0, rc_log_type BLOB, rc_log_action BLOB, rc_params BLOB);
CREATE TABLE site_stats (
  ss_row_id INTEGER PRIMARY KEY, ss_total_edits BIGINT, ss_good_articles BIGINT, ss_total_pages BIGINT, ss_users BIGINT,
  ss_active_users BIGINT, ss_images BIGINT);
CREATE TABLE watchlist (
  wl_id INTEGER PRIMARY KEY AUTOINCREMENT, wl_user INTEGER NOT NULL, wl_namespace INTEGER NOT NULL DEFAULT 0,
  wl_title BLOB NOT NULL DEFAULT '', wl_notificationtimestamp BLOB, UNIQUE (wl_user, wl_namespace, wl_title));
CREATE TABLE watchlist_expiry (we_item INTEGER PRIMARY KEY, we_expiry BLOB NOT NULL);
CREATE TABLE block (
  bl_id INTEGER PRIMARY KEY AUTOINCREMENT, bl_target INTEGER NOT NULL, bl_by_actor BIGINT NOT NULL,
  bl_reason_id BIGINT NOT NULL, bl_timestamp BLOB NOT NULL, bl_anon_only SMALLINT NOT NULL DEFAULT 0,
  bl_create_account SMALLINT NOT NULL DEFAULT 1, bl_enable_autoblock SMALLINT NOT NULL DEFAULT 1, bl_expiry BLOB NOT NULL,
  bl_deleted SMALLINT NOT NULL DEFAULT 0, bl_block_email SMALLINT NOT NULL DEFAULT 0,
  bl_allow_usertalk SMALLINT NOT NULL DEFAULT 0, bl_parent_block_id INTEGER, bl_sitewide SMALLINT NOT NULL DEFAULT 1);
CREATE TABLE block_target (
  bt_id INTEGER PRIMARY KEY AUTOINCREMENT, bt_address BLOB, bt_user INTEGER, bt_user_text BLOB,
  bt_auto SMALLINT NOT NULL DEFAULT 0, bt_range_start BLOB, bt_range_end BLOB, bt_ip_hex BLOB,
  bt_count INTEGER NOT NULL DEFAULT 0);
CREATE TABLE ipblocks_restrictions (
  ir_ipb_id INTEGER NOT NULL, ir_type SMALLINT NOT NULL, ir_value INTEGER NOT NULL, PRIMARY KEY (ir_ipb_id, ir_type, ir_value));
CREATE TABLE interwiki (
  iw_prefix VARCHAR(32) PRIMARY KEY, iw_url BLOB NOT NULL, iw_api BLOB NOT NULL, iw_wikiid VARCHAR(64) NOT NULL,
  iw_local SMALLINT NOT NULL, iw_trans SMALLINT NOT NULL DEFAULT 0);
CREATE TABLE revision (
  rev_id INTEGER PRIMARY KEY AUTOINCREMENT, rev_page INTEGER NOT NULL, rev_comment_id BIGINT NOT NULL,
  rev_actor BIGINT NOT NULL, rev_timestamp BLOB NOT NULL);
CREATE TABLE archive (ar_id INTEGER PRIMARY KEY AUTOINCREMENT, ar_actor BIGINT NOT NULL);
CREATE TABLE image (img_name BLOB PRIMARY KEY, img_actor BIGINT NOT NULL);
CREATE TABLE oldimage (oi_name BLOB NOT NULL, oi_actor BIGINT NOT NULL);
CREATE TABLE filearchive (fa_id INTEGER PRIMARY KEY AUTOINCREMENT, fa_deleted_user INTEGER, fa_actor BIGINT NOT NULL);
CREATE TABLE protected_titles (
  pt_namespace INTEGER NOT NULL, pt_title BLOB NOT NULL, pt_user INTEGER NOT NULL, PRIMARY KEY (pt_namespace, pt_title));
CREATE TABLE page_restrictions (pr_id INTEGER PRIMARY KEY AUTOINCREMENT, pr_page INTEGER NOT NULL);
CREATE TABLE uploadstash (us_id INTEGER PRIMARY KEY AUTOINCREMENT, us_user INTEGER NOT NULL);

INSERT INTO user (user_name, user_password, user_newpassword, user_email, user_touched, user_token, user_registration, user_editcount)
  VALUES ('Admin', '', '', 'admin@example.org', '20261101120000', 'c0ffee00c0ffee00c0ffee00c0ffee00', '20261101120000', 1);
INSERT INTO actor (actor_user, actor_name) VALUES (1, 'Admin');
INSERT INTO user_groups (ug_user, ug_group) VALUES (1, 'bureaucrat'), (1, 'sysop');
INSERT INTO comment (comment_hash, comment_text) VALUES (0, '');
INSERT INTO site_stats (ss_row_id, ss_total_edits, ss_good_articles, ss_total_pages, ss_users, ss_active_users, ss_images)
  VALUES (1, 1, 1, 1, 1, 1, 0);
INSERT INTO interwiki (iw_prefix, iw_url, iw_api, iw_wikiid, iw_local) VALUES ('wikipedia', 'https://en.wikipedia.org/wiki/$1', '', '', 0);
INSERT INTO revision (rev_page, rev_comment_id, rev_actor, rev_timestamp) VALUES (1, 1, 1, '20261101120000');
