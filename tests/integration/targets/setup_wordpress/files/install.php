<?php
// install.php STEP URL ADMIN PASSWORD, in the folder of WordPress: what its own pages for installing do.
list( , $step, $url, $admin, $password ) = $argv;
if ( 'install' === $step ) {
	define( 'WP_INSTALLING', true );
	define( 'WP_SITEURL', $url );
} elseif ( 'network' === $step ) {
	define( 'WP_INSTALLING_NETWORK', true );
}
require 'wp-load.php';
require 'wp-admin/includes/upgrade.php';
require 'wp-admin/includes/network.php';

$domain = $_SERVER['HTTP_HOST'];
if ( 'install' === $step ) {
	wp_install( 'Tests', $admin, 'admin@example.org', true, '', $password );
} elseif ( 'network' === $step ) {
	foreach ( $wpdb->tables( 'ms_global' ) as $table => $name ) {
		$wpdb->$table = $name;
	}
	install_network();
	$result = populate_network( 1, $domain, 'admin@example.org', 'Tests', '/', false );
	touch( getenv( 'WP_FOLDER' ) . '/network' );
} else {
	$result = wpmu_create_blog( $domain, '/two/', 'Two', get_user_by( 'login', $admin )->ID, array( 'public' => 1 ), 1 );
}
if ( isset( $result ) && is_wp_error( $result ) ) {
	fwrite( STDERR, $result->get_error_message() . "\n" );
	exit( 1 );
}
