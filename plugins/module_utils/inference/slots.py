# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What columns of an account are called: names without separators and prefix, with how much each says.

The higher the number, the surer the name; a column is compared as it is, without its table's prefix and without its
table's name.
"""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.inference.words import listed


def _ranked(text: str) -> dict[str, float]:
    """Lines of ``weight: names``."""
    result = {}
    for line in text.strip().splitlines():
        weight, _colon, names = line.partition(":")
        result.update(dict.fromkeys(names.split(), float(weight)))
    return result


LOGIN = _ranked("""
10: username login loginname userlogin benutzername anmeldename logonname signinname usernm uname
9: accountname identifiant nomutilisateur nombreusuario gebruikersnaam samaccountname membername usrname
9: loginid
8: pseudo benutzerkennung kennung nomedeusuario utente mailboxname
7: userid uid userprincipalname handle identifier usercode usuario
6.5: account screenname user staffname adminname operatorname customername personname
6: nick
5: nickname
4.5: email emailaddress mail useremail mailaddress deliveryemail address
4: name cn
3: usernamecanonical usernameclean normalizedusername loweusername lowerusername usernamelower loweredusername
2: externalid
""")

PASSWORD = _ranked("""
10.5: passcrypted passwordcrypted passwordcrypt hashedpass passhashed
10: password passwd passwordhash hashedpassword encryptedpassword passworddigest passwordencrypted passwort
10: userpassword cryptedpassword
10: motdepasse passwdhash pwdhash userpass userpasswd loginpassword passhash hashpassword pwhash
10: passwordbcrypt
9: pass pwd kennwort contrasena senha wachtwoord passcode shapasshash cryptpassword mdp passw pswd userpwd
9: passwordenc securepassword
8: newpassword passwordbinary passwordsha passwordmd5 passwordargon2 masterpasswordhash localpassword
7: pw passphrase crypt
5: secretdata hash authhash credentialdata digest verifier storedkey
3: secret credential authstring
""")

NOT_PASSWORD = listed(
    """reset token expire expires expired expiry expiration date time at changed change hint question salt old last
    temp tmp type format algorithm iterations history length policy flood activation must require required force
    forced need needs check count attempts key modified updated set strength ts recovery forgot lost request
    requested sent days age link code url method encoding answer visible protected method verification enabled
    uses version scheme client"""
)

SALT = listed(
    """salt passwordsalt passsalt userpsalt usersalt passwdsalt pwsalt hashsalt saltkey passwordsalted
    userpasswordsalt psalt"""
)

EMAIL = _ranked("""
10: email emailaddress mail mailaddress deliveryemail useremail primaryemail emailaddr courriel correo
9: contactemail emailprimary loginemail accountemail useremailaddress mailadresse emailadresse adressemail
9: adresseemail
7: workemail privateemail emailwork publicemail email1
5: normalizedemail emailcanonical canonicalemail unconfirmedemail
""")

FIRST = listed("firstname givenname forename prenom vorname fname first nombre voornaam")
LAST = listed("lastname surname familyname nachname lname nom sn apellido apellidos achternaam last sirname secondname")
FULL = _ranked("""
10: fullname realname displayname completename nomcomplet
9: commonname publicname publicdisplayname userfullname namedisplay personalname
8: screenname
7: nickname alias nicename
6: name cn personname
""")

ACTIVE = _ranked("""
10: active isactive enabled isenabled useractive useractivated accountactive accountenabled aktiv actif activo
10: loginenabled canlogin
8: activated isactivated loginallowed allowlogin accountactivated
3: approved isapproved useractivation
""")
INACTIVE = _ranked("""
10: disabled isdisabled userdisabled accountdisabled logindisabled disable inactive isinactive deactivated
10: isdeactivated
9: blocked isblocked block suspended issuspended prohibitlogin userblocked nologin accountblocked loginblocked
9: gesperrt bloque
8: banned isbanned ban userban locked islocked accountlocked userlocked frozen
7: suspend suspendaccount userdisable block
5: deleted isdeleted removed trashed archived isarchived expired
""")
STATUS = _ranked("""
7: status statut userstatus accountstatus rowstatus recordstatus activestatus
6: state userstate accountstate
3: statusid stateid
""")
STOPPED = _ranked("""
7: disabledat deactivatedat suspendedat blockedat bannedat disableddate
5: lockedat deleteat deletedat archivedat removedat deletedon deleted
4: suspendedtill suspendeduntil lockoutend lockeduntil blockeduntil banneduntil accountexpires validuntil
4: expiresat
""")

CREATED = _ranked("""
10: created createdat createdon createdate datecreated creationdate createddate createdts creationts timecreated
10: createtime createdtime
10: registered registeredat dateregistered registrationdate regdate registerdate joined joinedat datejoined
10: joindate registrationtime
9: dateadded addedat added ctime cdate crdate insertedat insertiondate creationtime createdtimestamp signupdate
9: registrationts regtime
8: createat createdunix datec datecre created_ts creationunix join membersince since firstseen usercreated
8: datecreation
8: dateinscription angelegt erstellt registration
8: publishedat inscription
7: dateentered entrydate accountcreated insertdate createddt creation datereg usersince created1 memberdate
""")
LAST_LOGIN = _ranked("""
10: lastlogin lastloginat lastlogindate lastlogintime lastloginon lastloggedin lastlogindt lastlogints
10: lastloggedinat lastlogon lastlogondate
10: lastsignin lastsigninat lastsignedin lastsignedinat lastloginstamp userlastlogin lastauth lastlog logindate
10: letztanmeldung derniereconnexion
9: lastloginunix currentlogin currentsigninat currentloginat lastconnexion lastconnection datelastlogin
8: lastseen lastseenat lastvisit lastvisitdate lastactive lastactiveat lastaccess lastaccessat currentvisit
8: lastseentime
7: lastconnectiondate lastactivity lastactivityat lastactivitydate lastused lastusedat lastaccessed lastrequest
7: lastactivitytime
7: lastonline lastuse
""")

GROUPS = _ranked("""
6: group usergroup membergroup gruppe groupe grupo benutzergruppe usersgroup accessgroup
5.5: role userrole rolle
4: team
3: organization organisation circle guild
2.5: workspace tenant unit department company profil
2: project site class club realm community domain board
1.5: permission privilege
""")
"""Tables that accounts are members of, by their last words."""

ROLE_COLUMNS = listed(
    """role roles userrole userroles rolename access accesslevel level userlevel rank group usergroup groups
    privilege privileges accounttype authority authorities superuseraccess permissionlevel adminlevel rights rolle
    typeutilisateur"""
)

HOLDS_ACCESS = listed(
    "session sess token remember rememberme online cookie autologin persistent logins onlineusers sessions"
)
"""Words of tables that hold what lets somebody in without a password."""

NOT_ACCOUNTS = listed(
    """token session sess reset history log logs audit backup archive tmp temp pending invite invitation request
    cache queue deleted config configuration setting settings preference preferences provider device key room
    meeting share link permission attempt attempts ban banned notification subscription stat stats statistics map
    mapping follow follower favorite favourite watch vote rating tag role group membership option meta field view
    server host database smtp imap ldap mailserver feed source catalog bot webhook connection integration storage
    endpoint printer camera proxy gateway channel forum email phone address contact photo avatar recovery backup
    message"""
)
"""Last words of tables that are beside the accounts, or hold passwords of other things."""

ELSEWHERE = listed(
    """host hostname port url uri server smtp imap protocol dsn database endpoint basedn sslmode encryption directory
    path"""
)
"""Columns beside a password that say that it opens something else."""

FILLERS = listed("entity table tbl data info base master detail details model record field main t core list profile")
"""Last words of tables that say nothing: user_entity, users_field_data."""

ATTRIBUTE = _ranked("""
10: attribute attributename property attr
9: key metakey
6: name setting store field
""")
VALUE = _ranked("""
10: value val attributevalue metavalue
""")
