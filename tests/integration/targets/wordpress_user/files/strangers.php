<?php
// strangers.php prepare|clean: accounts of people who want to stay in, or to get in as somebody else, by what WordPress lets them
// type, and by rows that a plugin with a hole would write. Prints their application passwords.
require 'wp-load.php';
require 'wp-admin/includes/admin.php';

if ( 'clean' === $argv[1] ) {
	$wpdb->query( "DELETE FROM $wpdb->users WHERE user_login = 'doubled' ORDER BY ID DESC LIMIT 1" );
	exit;
}

function register( $name, $email ) {
	$password = 'Stranger-Secret-1';
	$id       = is_multisite() ? wpmu_create_user( $name, $password, $email ) : wp_create_user( $name, $password, $email );
	if ( is_wp_error( $id ) || ! $id ) {
		exit( 1 );
	}
	if ( is_multisite() ) {
		add_user_to_blog( 1, $id, 'subscriber' );
	}
	list( $GLOBALS['said'][ $name ] ) = WP_Application_Passwords::create_new_application_password( $id, array( 'name' => 'theirs' ) );
	return $id;
}

register( 'longmail', str_repeat( 'x', 80 ) . '@example.org' );
$id = register( 'bomber', 'bomber@example.org' );
wp_update_user( array( 'ID' => $id, 'first_name' => str_repeat( '&amp;', 75000 ), 'last_name' => '&' . str_repeat( 'amp;', 75000 ) ) );
update_user_meta( $id, $wpdb->get_blog_prefix() . 'capabilities', str_repeat( 'a:1:{i:0;', 50000 ) );
register( 'newcomer', 'stranger@example.org' );
$id  = register( 'doubled', 'doubled@example.org' );
$row = (array) get_userdata( $id )->data;
unset( $row['ID'] );
$wpdb->insert( $wpdb->users, $row );

$id    = register( 'planter', 'boss@example.org.disabled.invalid' );
$other = register( 'helper', 'helper@example.org' );
update_user_meta( $id, '_auth_services_application_passwords', get_user_meta( $other, '_application_passwords', true ) );
update_user_meta( $id, '_auth_services_email', 'boss@example.org' );
update_user_meta( $id, '_auth_services_password', get_userdata( $other )->user_pass );
echo json_encode( $said );
