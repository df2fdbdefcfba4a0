<?php
// An account of WordPress's own making, and what people do in it. Prints an application password of alice.
require 'wp-load.php';
require 'wp-admin/includes/admin.php';

if ( is_multisite() ) {
	$own = wpmu_create_user( 'ownone', wp_slash( "It's mine" ), 'own@example.org' );
	add_user_to_blog( 1, $own, 'author' );
} else {
	$own = wp_insert_user( array( 'user_login' => 'ownone', 'user_pass' => wp_slash( "It's mine" ), 'user_email' => 'own@example.org', 'display_name' => 'Own & One', 'role' => 'author' ) );
}
wp_update_user( array( 'ID' => $own, 'first_name' => 'O & O', 'user_url' => 'http://own.example.org/?a=b&c=d' ) );
get_user_by( 'id', $own )->add_cap( 'own_capability' );

$bobby = get_user_by( 'login', 'bobby' )->ID;
wp_insert_post( array( 'post_title' => 'Post of bobby', 'post_author' => $bobby, 'post_status' => 'publish' ) );
wp_insert_link( array( 'link_name' => 'Link of bobby', 'link_url' => 'http://example.org', 'link_owner' => $bobby ) );

list( $password ) = WP_Application_Passwords::create_new_application_password( get_user_by( 'login', 'alice' )->ID, array( 'name' => 'tests' ) );
echo $password;
