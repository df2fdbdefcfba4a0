-- What the voice server holds before anybody looks. SuperUser is in examples/mumble.sql.
INSERT INTO users (server_id, user_id, name, pw) VALUES
  (1, 1, 'bob', NULL),
  (1, 2, 'Βασίλης', NULL),
  (1, 3, '<script>document.title = "run"</script>', NULL),
  (1, 4, '"><img src="http://192.0.2.1/" onerror="document.title = ''run''">', NULL),
  (1, 5, '" onmouseover="alert(1)', NULL),
  (1, 6, '{{ 7 * 7 }}{% raw %}', NULL),
  (1, 7, '=cmd|'' /C calc''!A0', NULL),
  (1, 8, '+1', NULL),
  (1, 9, '@SUM(A1), "quoted"', NULL),
  (1, 10, char(9) || '=1' || char(13, 10) || 'second line', NULL),
  (1, 11, char(8238) || 'nimda', NULL),
  (1, 12, 'Ωμέγα', NULL),
  (1, 13, substr(hex(zeroblob(100)), 1, 200), NULL);
