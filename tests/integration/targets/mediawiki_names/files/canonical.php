<?php
/*
 * Copyright (c) 2026, the auth.services developers
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What MediaWiki turns user names into. On standard input one name in each line, as hexadecimal bytes; on standard
 * output for each the canonical form, as hexadecimal bytes, and "usable" and "creatable" where it is; an empty line
 * for a refused name.
 *
 * MW_INSTALL_PATH names MediaWiki's tree, MW_CONFIG_FILE its settings. With the argument "interwiki" it writes the
 * prefixes of the interwiki table instead, with "project" the names of the project's namespaces, hexadecimal as well.
 */

require_once getenv( 'MW_INSTALL_PATH' ) . '/maintenance/Maintenance.php';

use MediaWiki\MediaWikiServices;
use MediaWiki\Request\FauxRequest;
use MediaWiki\User\UserNameUtils;

class CanonicalNames extends Maintenance {
	public function __construct() {
		parent::__construct();
		$this->addArg( 'what', '"interwiki" or "project"; by default canonical forms', false );
	}

	public function execute() {
		$services = MediaWikiServices::getInstance();
		switch ( $this->getArg( 0 ) ) {
			case 'interwiki':
				$this->write( array_column( $services->getInterwikiLookup()->getAllPrefixes(), 'iw_prefix' ) );
				break;
			case 'project':
				$language = $services->getContentLanguage();
				$this->write( [ $language->getNsText( NS_PROJECT ), $language->getNsText( NS_PROJECT_TALK ) ] );
				break;
			default:
				while ( ( $line = fgets( STDIN ) ) !== false ) {
					echo $this->canonical( $services->getUserNameUtils(), hex2bin( trim( $line ) ) ) . "\n";
				}
		}
	}

	private function write( array $texts ) {
		echo implode( "\n", array_map( 'bin2hex', $texts ) ) . "\n";
	}

	private function canonical( UserNameUtils $names, string $name ): string {
		// The clean-up that each parameter of a web request goes through
		$request = class_exists( FauxRequest::class ) ? FauxRequest::class : \FauxRequest::class; // before 1.41
		$name = ( new $request( [ 'name' => $name ], true ) )->getVal( 'name' );
		$valid = $names->getCanonical( $name, UserNameUtils::RIGOR_VALID );
		if ( $valid === false ) {
			return '';
		}
		$result = bin2hex( $valid );
		if ( $names->getCanonical( $name, UserNameUtils::RIGOR_USABLE ) === $valid ) {
			$result .= ' usable';
		}
		if ( $names->getCanonical( $name, UserNameUtils::RIGOR_CREATABLE ) === $valid ) {
			$result .= ' creatable';
		}
		return $result;
	}
}

$maintClass = CanonicalNames::class;
require_once RUN_MAINTENANCE_IF_MAIN;
