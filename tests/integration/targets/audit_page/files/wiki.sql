-- What the wiki holds before anybody looks. Admin is in examples/mediawiki.sql.
INSERT INTO user (user_name, user_password, user_newpassword, user_email, user_touched) VALUES
  ('Alice', '', '', 'old@example.org', '20261101120000'),
  ('Bob', '', '', 'bob@example.org', '20261102120000'),
  ('Carol', '', '', 'carol@example.org', '20261103120000'),
  ('Kept', '', '', '', '20261104120000'),
  ('Left', '', '', '', '20261105120000');
INSERT INTO actor (actor_user, actor_name) SELECT user_id, user_name FROM user WHERE user_name <> 'Admin';
INSERT INTO user_groups (ug_user, ug_group) SELECT user_id, 'bot' FROM user WHERE user_name = 'Alice';
