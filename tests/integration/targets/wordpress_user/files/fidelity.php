<?php
// fidelity.php prepare|do: what the tasks in fidelity.yml let the module do, done by WordPress itself. Texts are slashed, as
// they come from its forms.
require 'wp-load.php';
require 'wp-admin/includes/user.php';
require 'wp-admin/includes/ms.php';
require 'wp-admin/includes/bookmark.php';

function create( $name, $password, $fields = array() ) {
	if ( ! is_multisite() ) {
		$id = wp_insert_user( wp_slash( array( 'user_login' => $name, 'user_pass' => $password ) + $fields ) );
	} else {
		$id = wpmu_create_user( $name, wp_slash( $password ), $fields['user_email'] ?? '' );
		if ( isset( $fields['role'] ) ) {
			add_user_to_blog( 1, $id, $fields['role'] );
			unset( $fields['role'] );
		}
		if ( $fields ) {
			wp_update_user( wp_slash( array( 'ID' => $id ) + $fields ) );
		}
	}
	if ( is_wp_error( $id ) || ! $id ) {
		exit( 1 );
	}
	return $id;
}

if ( 'prepare' === $argv[1] ) {
	foreach ( array( 'wp', 'us' ) as $side ) {
		$id = create( "change$side", 'Change-Secret-1', array( 'user_email' => "change$side@example.org", 'role' => 'author' ) );
		WP_Session_Tokens::get_instance( $id )->create( time() + 1000 );
		get_user_by( 'id', $id )->add_cap( 'level_3' );
		get_password_reset_key( get_user_by( 'id', $id ) );
		$id = create( "remove$side", 'Remove-Secret-1', array( 'role' => 'author' ) );
		wp_insert_post( array( 'post_title' => "Post of remove$side", 'post_author' => $id, 'post_status' => 'publish' ) );
		wp_insert_post( array( 'post_title' => "Draft of remove$side", 'post_author' => $id, 'post_status' => 'auto-draft' ) );
		wp_insert_link( array( 'link_name' => "Link of remove$side", 'link_url' => 'http://example.org', 'link_owner' => $id ) );
	}
	exit;
}

create( 'plainwp', "it's \"A\"" );
create( 'fullwp', 'Full-Secret-1', array( 'user_email' => "o'full&wp@example.org", 'user_url' => 'http://example.org/?a=b&c=d', 'first_name' => 'A & B', 'last_name' => 'Ω "x"', 'display_name' => 'A & B \\ Ω', 'role' => 'editor' ) );
if ( ! is_multisite() ) {
	create( 'slug.xwp', 'Slug-Secret-1', array( 'first_name' => 'Only & one', 'role' => '' ) );
	create( 'slug xwp', 'Slug-Secret-1' );
	create( 'Slug-Xwp', 'Slug-Secret-1' );
}

$id = get_user_by( 'login', 'changewp' )->ID;
wp_update_user( wp_slash( array( 'ID' => $id, 'user_pass' => 'Change-Secret-2', 'user_email' => 'new-changewp@example.org', 'display_name' => 'C', 'last_name' => 'D', 'user_url' => '' ) ) );
get_user_by( 'id', $id )->set_role( 'contributor' );

$id = get_user_by( 'login', 'removewp' )->ID;
if ( is_multisite() ) {
	remove_user_from_blog( $id, 1, 1 );
	wpmu_delete_user( $id );
} else {
	wp_delete_user( $id, 1 );
}
