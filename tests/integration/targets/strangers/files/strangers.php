<?php
// What users of the blog do to it, through WordPress's own functions, which its forms call. MARK is a file that no payload may create.
require 'wp-load.php';
$mark = getenv('MARK');
$tag = "#jinja2: variable_start_string:'[[', variable_end_string:']]'";
$payloads = [
    "$tag\n[[ lookup('pipe', 'touch $mark-blog-lines') ]]",
    "{$tag}[[ lookup('pipe', 'touch $mark-blog') ]]",
    "{{ lookup('pipe', 'touch $mark-blog-plain') }}",
    "!!python/object/apply:os.system ['touch $mark-blog-yaml']",
];
// wp_insert_user() as a theme's or a plugin's form for profiles calls it: these fields may have several lines
foreach ($payloads as $number => $payload) {
    $user = wp_insert_user(['user_login' => "mallory$number", 'user_pass' => 'Mallory-Own-1', 'user_email' => "mallory$number@example.org", 'role' => 'subscriber']);
    update_user_meta($user, 'first_name', wp_slash($payload));
    update_user_meta($user, 'last_name', wp_slash($payload));
    wp_update_user(['ID' => $user, 'display_name' => $payload]);
}
// A leaver makes his address so long that no mark fits behind it, and somebody logs in twice under one name.
$leo = get_user_by('login', 'leo');
wp_update_user(['ID' => $leo->ID, 'user_email' => str_repeat('a', 60) . '@' . str_repeat('b', 22) . '.example.org']);
$wpdb->query("INSERT INTO $wpdb->users (user_login, user_pass, user_nicename, user_email, user_registered, display_name)
    SELECT user_login, user_pass, 'leo-2', 'leo2@example.org', user_registered, display_name FROM $wpdb->users WHERE ID = $leo->ID");
// Another fills a field of her own.
update_user_meta(get_user_by('login', 'lea')->ID, 'first_name', str_repeat('&amp;', 75000));
// A stranger takes a newcomer's address.
wp_insert_user(['user_login' => 'squatter', 'user_pass' => 'Squatter-Own-1', 'user_email' => 'nina@example.org', 'role' => 'subscriber']);
for ($number = 0; $number < 31; $number++) {
    wp_insert_user(['user_login' => "crowd$number", 'user_pass' => 'x', 'user_email' => "crowd$number@example.org", 'role' => 'subscriber']);
}
// An application password of an account that a newcomer will be given
$gina = wp_insert_user(['user_login' => 'gina', 'user_pass' => 'Gina-Own-11', 'user_email' => 'gina@evil.example.org', 'role' => 'subscriber']);
echo WP_Application_Passwords::create_new_application_password($gina, ['name' => 'mine'])[0];
