<?php
// people.php make: a role and accounts as WordPress creates them. people.php: what it says of the accounts.
require 'wp-load.php';
if ( 'make' === ( $argv[1] ?? '' ) ) {
	add_role( 'haendler', 'Händler', array( 'read' => true ) );
	$person = array( 'user_login' => 'juergen', 'user_pass' => 'Juergen-Secret-1', 'user_email' => 'juergen@example.org', 'display_name' => 'Jürgen Müller' );
	wp_insert_user( $person + array( 'first_name' => 'Jürgen', 'role' => 'haendler' ) );
	wp_insert_user( array( 'user_login' => 'bobby', 'user_pass' => 'Bobby-Secret-2', 'user_email' => 'bobby@example.org', 'role' => 'author' ) );
}
$people = array();
foreach ( get_users( array( 'orderby' => 'login' ) ) as $user ) {
	$roles = array_map( function ( $role ) { return wp_roles()->role_names[ $role ]; }, $user->roles );
	$people[ $user->user_login ] = array( esc_html( $user->display_name ), $user->first_name, $user->last_name, implode( ' ', $roles ) );
}
echo wp_json_encode( $people );
