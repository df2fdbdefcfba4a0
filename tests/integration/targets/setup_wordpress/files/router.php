<?php
// For PHP's own web server: a site of a network below a folder of its own, as WordPress's .htaccess does it.
$path = parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH );
if ( ! preg_match( '#^/two(/.*)$#', $path, $found ) ) {
	return false;
}
$file = '/' === $found[1] ? '/index.php' : ( '/wp-admin/' === $found[1] ? '/wp-admin/index.php' : $found[1] );
if ( ! is_file( getcwd() . $file ) ) {
	http_response_code( 404 );
	return;
}
$_SERVER['SCRIPT_NAME']     = '/two' . $file;
$_SERVER['PHP_SELF']        = '/two' . $file;
$_SERVER['SCRIPT_FILENAME'] = getcwd() . $file;
chdir( dirname( $_SERVER['SCRIPT_FILENAME'] ) );
require $_SERVER['SCRIPT_FILENAME'];
