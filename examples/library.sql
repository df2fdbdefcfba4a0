-- The tables of an application that nobody wrote a service type for: the lending library of a club. Home-made, with no foreign key declared.
CREATE TABLE readers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username VARCHAR(40) NOT NULL UNIQUE,
    password VARCHAR(128) NOT NULL,
    email VARCHAR(120),
    full_name VARCHAR(80) NOT NULL DEFAULT '',
    blocked BOOLEAN NOT NULL DEFAULT 0,
    created_at DATETIME NOT NULL,
    last_login DATETIME
);
CREATE TABLE roles (id INTEGER PRIMARY KEY, name VARCHAR(30) NOT NULL UNIQUE);
CREATE TABLE reader_roles (reader_id INTEGER NOT NULL, role_id INTEGER NOT NULL, PRIMARY KEY (reader_id, role_id));
CREATE TABLE sessions (token VARCHAR(64) PRIMARY KEY, reader_id INTEGER NOT NULL, expires DATETIME NOT NULL);
CREATE TABLE books (id INTEGER PRIMARY KEY AUTOINCREMENT, title VARCHAR(200) NOT NULL, author VARCHAR(120), added_by INTEGER);
CREATE TABLE loans (id INTEGER PRIMARY KEY AUTOINCREMENT, book_id INTEGER NOT NULL, reader_id INTEGER NOT NULL, due DATE NOT NULL, returned BOOLEAN NOT NULL DEFAULT 0);

INSERT INTO roles VALUES (1, 'reader'), (2, 'librarian');
INSERT INTO readers VALUES
    (1, 'librarian', 'pbkdf2_sha256$1000$oldsalt$ZW5vdWdoIG9mIGEgaGFzaCB0byBsb29rIGZvciBpdCE=', 'library@example.org', 'The librarian', 0,
     '2024-03-01 10:00:00', '2026-11-20 18:30:00'),
    (2, 'oldmember', 'pbkdf2_sha256$1000$saltsalt$ZW5vdWdoIG9mIGEgaGFzaCB0byBsb29rIGZvciBpdCE=', 'old@example.org', 'An old member', 1,
     '2023-01-07 09:00:00', NULL);
INSERT INTO reader_roles VALUES (1, 2), (2, 1);
INSERT INTO books VALUES (1, 'The Hitchhiker''s Guide to the Galaxy', 'Douglas Adams', 1), (2, 'Momo', 'Michael Ende', 1);
INSERT INTO loans VALUES (1, 1, 2, '2024-02-01', 1);
