CREATE DATABASE odd CHARACTER SET utf8mb4;
USE odd;
CREATE TABLE person (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, login varchar(150) NOT NULL UNIQUE, pw varchar(100) NOT NULL,
  email varchar(200) DEFAULT 'x', mood enum('good','b''ad') NOT NULL DEFAULT 'good', up varchar(150) GENERATED ALWAYS AS (upper(login)) STORED,
  created timestamp DEFAULT CURRENT_TIMESTAMP COMMENT 'when') COMMENT='the ''accounts''';
CREATE TABLE `order` (`select` int unsigned, `a``b` int, `per%cent` int, `new
line` varchar(10), `<b>"x"</b>` int, `{{ 1 + 1 }}` int, PRIMARY KEY (`a``b`, `select`), KEY k (`per%cent`),
  CONSTRAINT f FOREIGN KEY (`select`) REFERENCES person (id));
CREATE TABLE child (id int PRIMARY KEY, o int unsigned, ob int, note text, FOREIGN KEY (ob, o) REFERENCES `order` (`a``b`, `select`));
CREATE TABLE `x%s:y` (who int unsigned, shape geometry, doc json) ENGINE=InnoDB;
CREATE TABLE isam (a int) ENGINE=MyISAM;
CREATE TABLE parted (id int, y int, PRIMARY KEY (id, y)) PARTITION BY RANGE (y)
  (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE TABLE hidden (a int);
CREATE TABLE gone (x int);
CREATE VIEW broken AS SELECT x FROM gone;
DROP TABLE gone;
CREATE VIEW orders AS SELECT p.login FROM person p JOIN `x%s:y` x ON p.id = x.who WHERE p.email <> 'geheim-4711';
CREATE TRIGGER leaves AFTER DELETE ON person FOR EACH ROW DELETE FROM child WHERE o = OLD.id;
INSERT INTO person (login, pw, email) VALUES ('geheim-a', 'geheim-b', 'geheim-e'), ('geheim-c', 'geheim-d', 'geheim-f');
SELECT * FROM person p INNER JOIN child c ON c.id = p.id WHERE p.email = 'geheim-4711';
CREATE USER 'looker'@'%' IDENTIFIED BY 'pass-looker';
GRANT SELECT, SHOW VIEW, TRIGGER ON odd.person TO 'looker'@'%';
GRANT SELECT ON odd.`order` TO 'looker'@'%';
GRANT SELECT ON odd.child TO 'looker'@'%';
GRANT SELECT ON odd.`x%s:y` TO 'looker'@'%';
GRANT SELECT ON odd.isam TO 'looker'@'%';
GRANT SELECT ON odd.parted TO 'looker'@'%';
GRANT SELECT, SHOW VIEW ON odd.broken TO 'looker'@'%';
GRANT SELECT, SHOW VIEW ON odd.orders TO 'looker'@'%';
