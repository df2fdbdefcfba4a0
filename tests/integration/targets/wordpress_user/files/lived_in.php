<?php
// lived_in.php STEP [NAME]: a database with a history, written and read by WordPress itself. Prints JSON.
require 'wp-load.php';
require 'wp-admin/includes/admin.php';

// Capabilities as they can lie in usermeta: of each text an account for the module, and one for WordPress.
$texts = array(
	null, '', 'N;', 'b:0;', 'b:1;', 'i:7;', 'd:1.5;', 's:6:"editor";', 'editor', 'O:8:"stdClass":1:{s:6:"editor";b:1;}', 's:6:"editor";b:1;',
	'a:1:{s:6:"editor";b:1;', 'a:9:{s:6:"editor";b:1;}', 'a:1:{s:6:"editor";b:1;}x', 'a:1:{s:6:"editor";b:1;}}', " a:1:{s:6:\"editor\";b:1;}\n",
	'a:2:{s:6:"editor";d:0.5;s:3:"own";d:0.5;}', 'a:2:{s:6:"editor";O:8:"stdClass":0:{}s:3:"own";O:8:"stdClass":0:{}}',
	'a:1:{s:6:"editor";N;}', 'a:1:{i:77;b:1;}', 'a:1:{s:2:"77";d:0;}', 'a:1:{s:3:"077";b:1;}', 'a:2:{i:0;b:1;s:6:"editor";b:0;}',
	'a:3:{s:6:"editor";a:0:{}s:7:"level_9";d:0;s:1:"x";a:1:{i:0;d:2.5;}}',
);

function add( $name, $role ) {
	$id = wp_insert_user( array( 'user_login' => $name, 'user_pass' => "Lived-Secret-$name", 'user_email' => "$name@example.org", 'role' => $role, 'first_name' => $name ) );
	if ( is_wp_error( $id ) ) {
		exit( 1 );
	}
	return $id;
}

function stored( $id ) {
	global $wpdb;
	return $wpdb->get_results( $wpdb->prepare( "SELECT meta_key, meta_value FROM $wpdb->usermeta WHERE user_id = %d AND meta_key IN (%s, %s) ORDER BY 1", $id, "{$wpdb->prefix}capabilities", "{$wpdb->prefix}user_level" ) );
}

$said = array();
if ( 'prepare' === $argv[1] ) {
	add_role( '77', 'Seventy-seven', array( 'read' => 1.5, 'level_4' => true ) );
	foreach ( $texts as $number => $text ) {
		foreach ( array( 'us', 'wp' ) as $side ) {
			$id = add( "caps$number$side", 'subscriber' );
			$wpdb->update( $wpdb->usermeta, array( 'meta_value' => $text ), array( 'user_id' => $id, 'meta_key' => "{$wpdb->prefix}capabilities" ) );
		}
	}
	// What a bad import leaves of usermeta and options: no keys, the same number everywhere, several rows of one name
	$wpdb->query( "ALTER TABLE $wpdb->usermeta MODIFY umeta_id bigint unsigned NOT NULL, DROP PRIMARY KEY" );
	$wpdb->query( "UPDATE $wpdb->usermeta SET umeta_id = 0" );
	$wpdb->query( "ALTER TABLE $wpdb->options MODIFY option_id bigint unsigned NOT NULL, DROP PRIMARY KEY, DROP INDEX option_name" );
	$roles = get_option( "{$wpdb->prefix}user_roles" );
	$wpdb->insert( $wpdb->options, array( 'option_name' => "{$wpdb->prefix}user_roles", 'option_value' => serialize( $roles + array( 'late' => array( 'name' => 'Late', 'capabilities' => array() ) ) ), 'autoload' => 'yes' ) );
	foreach ( array( 'fern', 'gregor' ) as $name ) {
		$id = add( $name, 'author' );
		WP_Session_Tokens::get_instance( $id )->create( time() + 10000 );
		update_user_meta( $id, '_application_passwords', array( array( 'uuid' => "u-$name", 'app_id' => '', 'name' => 'tests', 'password' => 'x', 'created' => 1, 'last_used' => null, 'last_ip' => null ) ) );
		get_password_reset_key( get_user_by( 'id', $id ) );
		foreach ( array( 'first_name' => 'second', "{$wpdb->prefix}capabilities" => serialize( array( 'subscriber' => true ) ) ) as $key => $value ) {
			$wpdb->insert( $wpdb->usermeta, array( 'user_id' => $id, 'meta_key' => $key, 'meta_value' => $value ) );
		}
	}
	// Two accounts of one number: nobody can tell them apart
	foreach ( array( 'helene', 'ingo' ) as $name ) {
		add( $name, 'author' );
	}
	$wpdb->query( "ALTER TABLE $wpdb->users MODIFY ID bigint unsigned NOT NULL, DROP PRIMARY KEY" );
	$wpdb->query( "UPDATE $wpdb->users SET ID = 0 WHERE user_login IN ('helene', 'ingo')" );
} elseif ( 'roles' === $argv[1] ) {
	foreach ( array_keys( $texts ) as $number ) {
		$said[ "caps{$number}us" ] = array_map( 'strval', array_values( get_user_by( 'login', "caps{$number}us" )->roles ) );
		sort( $said[ "caps{$number}us" ], SORT_STRING );
	}
} elseif ( 'set' === $argv[1] ) {
	foreach ( array_keys( $texts ) as $number ) {
		get_user_by( 'login', "caps{$number}wp" )->set_role( 'late' );
		$said[] = array( $texts[ $number ], stored( get_user_by( 'login', "caps{$number}us" )->ID ), stored( get_user_by( 'login', "caps{$number}wp" )->ID ) );
	}
} else {
	$user = get_user_by( 'login', $argv[2] );
	$said = array(
		'others'       => array( $wpdb->get_results( $wpdb->prepare( "SELECT * FROM $wpdb->users WHERE user_login <> %s ORDER BY user_login", $argv[2] ) ),
			$wpdb->get_results( $wpdb->prepare( "SELECT * FROM $wpdb->usermeta WHERE user_id <> %d ORDER BY user_id, meta_key, meta_value", $user->ID ) ) ),
		'roles'        => array_map( 'strval', array_values( $user->roles ) ),
		'level'        => (int) $user->user_level,
		'names'        => array( $user->first_name, $user->last_name ),
		'sessions'     => count( WP_Session_Tokens::get_instance( $user->ID )->get_all() ),
		'applications' => count( WP_Application_Passwords::get_user_application_passwords( $user->ID ) ),
		'in'           => array_map( function ( $password ) use ( $user ) { return ! is_wp_error( wp_authenticate( $user->user_login, $password ) ); }, array( 'Lived-Secret-fern', 'Lived-Secret-2' ) ),
	);
}
echo json_encode( $said );
