BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0008');
CREATE TABLE audit (
	number INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	wave VARCHAR NOT NULL, 
	facts TEXT NOT NULL, 
	mac VARCHAR NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (number), 
	CONSTRAINT ck_audit_counts_from_one CHECK (number > 0)
);
CREATE TABLE bad_rows (
	wave_id INTEGER NOT NULL, 
	file VARCHAR NOT NULL, 
	rows INTEGER NOT NULL, 
	taken INTEGER NOT NULL, 
	packed BLOB NOT NULL, 
	CONSTRAINT pk_bad_rows PRIMARY KEY (wave_id), 
	CONSTRAINT fk_bad_rows_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
);
CREATE TABLE ballot (
	number BLOB NOT NULL, 
	wave_id INTEGER NOT NULL, 
	respondent_id INTEGER NOT NULL, 
	issue INTEGER NOT NULL, 
	code_mac BLOB NOT NULL, 
	"cast" BOOLEAN NOT NULL, 
	no_reminders BOOLEAN NOT NULL, ever_cast BOOLEAN DEFAULT 0 NOT NULL, at_launch BOOLEAN DEFAULT 1 NOT NULL, 
	CONSTRAINT pk_ballot PRIMARY KEY (number), 
	CONSTRAINT fk_ballot_respondent_id FOREIGN KEY(respondent_id) REFERENCES respondent (id), 
	CONSTRAINT fk_ballot_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id), 
	CONSTRAINT uq_ballot_code_mac UNIQUE (code_mac), 
	CONSTRAINT uq_ballot_wave_id_respondent_id UNIQUE (wave_id, respondent_id)
);
INSERT INTO "ballot" VALUES(X'18B744FB28D8E6E2308A9632',1,10,1,X'998D74CE2CD7069E19E9D49B04EE7BAAEC686ED64BAD888F0633677744922810',0,0,0,1);
INSERT INTO "ballot" VALUES(X'70C85DC051A427B613F267FA',1,11,1,X'EE38CD11712340004494664DD36AFA00B64C041466A834391962C27D85AFB1BB',0,0,0,1);
INSERT INTO "ballot" VALUES(X'64435CDFEE4D50590135EE23',1,12,1,X'F31118A6C5ED23FC2B3BC4D2FB34708A9812ABC2AF490693115475CD30D49B97',0,0,0,1);
INSERT INTO "ballot" VALUES(X'239900E74AD7CE85AAB459C2',1,1,1,X'08E6C7963CA4EC06706BB0E63ADECD22D3F3074BC4B165B46C0B096D576C7712',1,0,1,1);
INSERT INTO "ballot" VALUES(X'5F52A90EFF61374FF170238E',1,2,1,X'CD1B7BA96F89FD90BD0BC61DD083E6263AF2CAD096D67889CB390D7123A7E804',1,0,1,1);
INSERT INTO "ballot" VALUES(X'5D7A47F1994D89FE401CE5AB',1,3,1,X'40AEA074F6FF22B45AD38DB16977A737465F48FB182327DBF6C6BE998AF154C2',1,0,1,1);
INSERT INTO "ballot" VALUES(X'15BF770EFF709A871D3CACF9',1,4,1,X'C18F900ADF5E2C046CD2F9C5D6B9BA9C93E4D0B612A83225FC7160F066A02FE2',1,0,1,1);
INSERT INTO "ballot" VALUES(X'09913FB47B1DA8119FED82AB',1,5,1,X'8899511FF199F44294848D496024CA235EFF053AF7338AD92BEFCE27EEB7BAA4',1,0,1,1);
INSERT INTO "ballot" VALUES(X'6451717AAAED47DAD43DC8FA',1,6,1,X'0C699BE52E59995D881F18D7CE552DE80210278EA435592E3B0DCE67479D7399',1,0,1,1);
INSERT INTO "ballot" VALUES(X'07A8F8888901E848B935043A',1,7,1,X'6F9BB7314FAB7B268F9980826FC71C9B58A507B04B3016158908C1DE2921802D',1,0,1,1);
INSERT INTO "ballot" VALUES(X'507DFCFA90E44E288408F8F3',1,8,1,X'AFFDA735C10FF2B61D38FB5BD4E60C788FE2FBD10F4599C83596ECC931173B2E',1,0,1,1);
INSERT INTO "ballot" VALUES(X'18E7832BE6D26589904A8D95',1,9,1,X'913E315DCC7A8F3985F22C7D662ED91AAF4D8804C1D04B882181561D1E14A55F',1,0,1,1);
CREATE TABLE comment (
	"key" BLOB NOT NULL, 
	wave_id INTEGER NOT NULL, 
	question VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_comment PRIMARY KEY ("key"), 
	CONSTRAINT fk_comment_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
)
 WITHOUT ROWID

;
CREATE TABLE connection_key (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	key_hash BLOB NOT NULL, 
	made_by VARCHAR NOT NULL, 
	made_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	CONSTRAINT pk_connection_key PRIMARY KEY (id), 
	CONSTRAINT uq_connection_key_key_hash UNIQUE (key_hash)
);
CREATE TABLE draft (
	ballot_number BLOB NOT NULL, 
	sealed BLOB NOT NULL, 
	CONSTRAINT pk_draft PRIMARY KEY (ballot_number), 
	CONSTRAINT fk_draft_ballot_number FOREIGN KEY(ballot_number) REFERENCES ballot (number)
)
 WITHOUT ROWID

;
CREATE TABLE external_percent (
	wave_id INTEGER NOT NULL, 
	unit VARCHAR NOT NULL, 
	criterion VARCHAR NOT NULL, 
	percent VARCHAR NOT NULL, 
	CONSTRAINT pk_external_percent PRIMARY KEY (wave_id, unit, criterion), 
	CONSTRAINT fk_external_percent_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
);
CREATE TABLE hourly_note (
	wave_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	cell VARCHAR NOT NULL, 
	issued INTEGER NOT NULL, 
	"cast" INTEGER NOT NULL, 
	CONSTRAINT pk_hourly_note PRIMARY KEY (wave_id, at, cell), 
	CONSTRAINT fk_hourly_note_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
);
CREATE TABLE index_file (
	id INTEGER NOT NULL, 
	code VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	year INTEGER NOT NULL, 
	digest VARCHAR NOT NULL, 
	content TEXT NOT NULL, 
	file_name VARCHAR NOT NULL, 
	file BLOB NOT NULL, 
	uploaded_at DATETIME NOT NULL, 
	uploaded_by VARCHAR NOT NULL, 
	removed_at DATETIME, 
	CONSTRAINT pk_index_file PRIMARY KEY (id)
);
CREATE TABLE letter (
	id INTEGER NOT NULL, 
	wave_id INTEGER NOT NULL, 
	ballot_number BLOB NOT NULL, 
	kind VARCHAR NOT NULL, 
	round INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	due_at DATETIME NOT NULL, 
	attempts INTEGER NOT NULL, 
	claim VARCHAR, 
	claimed_until DATETIME, 
	data_begun BOOLEAN NOT NULL, 
	message_id VARCHAR NOT NULL, 
	sent_at DATETIME, 
	error VARCHAR, address VARCHAR, 
	CONSTRAINT pk_letter PRIMARY KEY (id), 
	CONSTRAINT fk_letter_ballot_number FOREIGN KEY(ballot_number) REFERENCES ballot (number), 
	CONSTRAINT fk_letter_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id), 
	CONSTRAINT uq_letter_ballot_number_kind_round UNIQUE (ballot_number, kind, round), 
	CONSTRAINT uq_letter_message_id UNIQUE (message_id)
);
INSERT INTO "letter" VALUES(1,1,X'18B744FB28D8E6E2308A9632','invitation',1,'queued','2026-03-02 02:00:00.000000',0,NULL,NULL,0,'70ff279c57c732efc3bc79938d3c87cd@127.0.0.1',NULL,NULL,NULL);
INSERT INTO "letter" VALUES(2,1,X'70C85DC051A427B613F267FA','invitation',1,'queued','2026-03-02 02:00:00.000000',0,NULL,NULL,0,'10880fda4ecb2bfa233654d018c20048@127.0.0.1',NULL,NULL,NULL);
INSERT INTO "letter" VALUES(3,1,X'64435CDFEE4D50590135EE23','invitation',1,'queued','2026-03-02 02:00:00.000000',0,NULL,NULL,0,'203e065d9c112b9526788ed441b52721@127.0.0.1',NULL,NULL,NULL);
INSERT INTO "letter" VALUES(4,1,X'239900E74AD7CE85AAB459C2','invitation',1,'queued','2026-03-02 02:00:00.000000',0,NULL,NULL,0,'a305c2df9c27b8ac99737edb6fce1d04@127.0.0.1',NULL,NULL,NULL);
INSERT INTO "letter" VALUES(5,1,X'5F52A90EFF61374FF170238E','invitation',1,'queued','2026-03-02 02:00:00.000000',0,NULL,NULL,0,'e1cd15240195c7c39147ae5d80cdd1b2@127.0.0.1',NULL,NULL,NULL);
INSERT INTO "letter" VALUES(6,1,X'5D7A47F1994D89FE401CE5AB','invitation',1,'queued','2026-03-02 02:00:00.000000',0,NULL,NULL,0,'0d8fd93a78ebe4e3bc51a6b1d5d0c02f@127.0.0.1',NULL,NULL,NULL);
INSERT INTO "letter" VALUES(7,1,X'15BF770EFF709A871D3CACF9','invitation',1,'queued','2026-03-02 02:00:00.000000',0,NULL,NULL,0,'2442757958eb792af3decba0ae260bb6@127.0.0.1',NULL,NULL,NULL);
INSERT INTO "letter" VALUES(8,1,X'09913FB47B1DA8119FED82AB','invitation',1,'queued','2026-03-02 02:00:00.000000',0,NULL,NULL,0,'8d7c9400fc3e86b99f29421ebc53d21b@127.0.0.1',NULL,NULL,NULL);
INSERT INTO "letter" VALUES(9,1,X'6451717AAAED47DAD43DC8FA','invitation',1,'queued','2026-03-02 02:00:00.000000',0,NULL,NULL,0,'96bc3a464d9acb118b76af43781c1d7c@127.0.0.1',NULL,NULL,NULL);
INSERT INTO "letter" VALUES(10,1,X'07A8F8888901E848B935043A','invitation',1,'queued','2026-03-02 02:00:00.000000',0,NULL,NULL,0,'0b3a800f28985e32b02ba58ef7afe666@127.0.0.1',NULL,NULL,NULL);
INSERT INTO "letter" VALUES(11,1,X'507DFCFA90E44E288408F8F3','invitation',1,'queued','2026-03-02 02:00:00.000000',0,NULL,NULL,0,'9b4f68f5f55f455ab57e0e356dae8cf0@127.0.0.1',NULL,NULL,NULL);
INSERT INTO "letter" VALUES(12,1,X'18E7832BE6D26589904A8D95','invitation',1,'queued','2026-03-02 02:00:00.000000',0,NULL,NULL,0,'70ddaf426629bb9727b9705081d97af5@127.0.0.1',NULL,NULL,NULL);
CREATE TABLE letter_text (
	wave_id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_letter_text PRIMARY KEY (wave_id, kind), 
	CONSTRAINT fk_letter_text_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
);
INSERT INTO "letter_text" VALUES(1,'reminder','Nhắc lại','Xin mời trả lời.');
CREATE TABLE minutes (
	wave_id INTEGER NOT NULL, 
	issued INTEGER NOT NULL, 
	"cast" INTEGER NOT NULL, 
	counted INTEGER NOT NULL, 
	void INTEGER NOT NULL, 
	"foreign" INTEGER NOT NULL, 
	urn_digest VARCHAR NOT NULL, 
	receipts VARCHAR NOT NULL, 
	comments_withheld BOOLEAN NOT NULL, issued_later INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_minutes PRIMARY KEY (wave_id), 
	CONSTRAINT fk_minutes_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
);
CREATE TABLE preparation (
	wave_id INTEGER NOT NULL, 
	roster_at DATETIME, 
	roster_file VARCHAR NOT NULL, 
	agencies TEXT NOT NULL, 
	test_code_mac VARCHAR NOT NULL, 
	test_print VARCHAR NOT NULL, 
	test_sent_to VARCHAR NOT NULL, 
	test_sent_at DATETIME, 
	test_confirmed_at DATETIME, 
	recovery_key BLOB, 
	recovery_at DATETIME, 
	CONSTRAINT pk_preparation PRIMARY KEY (wave_id), 
	CONSTRAINT fk_preparation_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
);
CREATE TABLE proposal (
	id INTEGER NOT NULL, 
	wave_id INTEGER NOT NULL, 
	action VARCHAR NOT NULL, 
	arguments TEXT NOT NULL, 
	staff_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	confirmed_by INTEGER, 
	done_at DATETIME, 
	withdrawn_at DATETIME, 
	CONSTRAINT pk_proposal PRIMARY KEY (id), 
	CONSTRAINT fk_proposal_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES staff (id), 
	CONSTRAINT fk_proposal_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id), 
	CONSTRAINT fk_proposal_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
);
CREATE TABLE receipt_hash (
	wave_id INTEGER NOT NULL, 
	hash VARCHAR NOT NULL, 
	CONSTRAINT pk_receipt_hash PRIMARY KEY (wave_id, hash), 
	CONSTRAINT fk_receipt_hash_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
)
 WITHOUT ROWID

;
CREATE TABLE recovery_code (
	staff_id INTEGER NOT NULL, 
	mac BLOB NOT NULL, 
	CONSTRAINT pk_recovery_code PRIMARY KEY (staff_id, mac), 
	CONSTRAINT fk_recovery_code_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id)
);
CREATE TABLE reminder_rule (
	id INTEGER NOT NULL, 
	wave_id INTEGER NOT NULL, 
	due_at DATETIME NOT NULL, 
	done_at DATETIME NOT NULL, 
	CONSTRAINT pk_reminder_rule PRIMARY KEY (id), 
	CONSTRAINT fk_reminder_rule_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id), 
	CONSTRAINT uq_reminder_rule_wave_id_due_at UNIQUE (wave_id, due_at)
);
CREATE TABLE respondent (
	id INTEGER NOT NULL, 
	wave_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	email_key VARCHAR NOT NULL, 
	"group" VARCHAR NOT NULL, 
	agency VARCHAR, 
	agency_text VARCHAR NOT NULL, 
	position VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	assigned VARCHAR NOT NULL, search VARCHAR DEFAULT '' NOT NULL, removed_at DATETIME, 
	CONSTRAINT pk_respondent PRIMARY KEY (id), 
	CONSTRAINT fk_respondent_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id), 
	CONSTRAINT uq_respondent_wave_id_email_key UNIQUE (wave_id, email_key)
);
INSERT INTO "respondent" VALUES(1,1,'Người thứ 1','nguoi1@vi-du.vn','nguoi1@vi-du.vn','hdnd','snv','snv','','','','nguoi thu 1 nguoi1 vi du vn snv',NULL);
INSERT INTO "respondent" VALUES(2,1,'Người thứ 2','nguoi2@vi-du.vn','nguoi2@vi-du.vn','xa','stc','stc','','','','nguoi thu 2 nguoi2 vi du vn stc',NULL);
INSERT INTO "respondent" VALUES(3,1,'Người thứ 3','nguoi3@vi-du.vn','nguoi3@vi-du.vn','hdnd',NULL,'UBND xã','','','','nguoi thu 3 nguoi3 vi du vn ubnd xa',NULL);
INSERT INTO "respondent" VALUES(4,1,'Người thứ 4','nguoi4@vi-du.vn','nguoi4@vi-du.vn','xa','snv','snv','','','','nguoi thu 4 nguoi4 vi du vn snv',NULL);
INSERT INTO "respondent" VALUES(5,1,'Người thứ 5','nguoi5@vi-du.vn','nguoi5@vi-du.vn','hdnd','stc','stc','','','','nguoi thu 5 nguoi5 vi du vn stc',NULL);
INSERT INTO "respondent" VALUES(6,1,'Người thứ 6','nguoi6@vi-du.vn','nguoi6@vi-du.vn','xa',NULL,'UBND xã','','','','nguoi thu 6 nguoi6 vi du vn ubnd xa',NULL);
INSERT INTO "respondent" VALUES(7,1,'Người thứ 7','nguoi7@vi-du.vn','nguoi7@vi-du.vn','hdnd','snv','snv','','','','nguoi thu 7 nguoi7 vi du vn snv',NULL);
INSERT INTO "respondent" VALUES(8,1,'Người thứ 8','nguoi8@vi-du.vn','nguoi8@vi-du.vn','xa','stc','stc','','','','nguoi thu 8 nguoi8 vi du vn stc',NULL);
INSERT INTO "respondent" VALUES(9,1,'Người thứ 9','nguoi9@vi-du.vn','nguoi9@vi-du.vn','hdnd',NULL,'UBND xã','','','','nguoi thu 9 nguoi9 vi du vn ubnd xa',NULL);
INSERT INTO "respondent" VALUES(10,1,'Người thứ 10','nguoi10@vi-du.vn','nguoi10@vi-du.vn','xa','snv','snv','','','','nguoi thu 10 nguoi10 vi du vn snv',NULL);
INSERT INTO "respondent" VALUES(11,1,'Người thứ 11','nguoi11@vi-du.vn','nguoi11@vi-du.vn','hdnd','stc','stc','','','','nguoi thu 11 nguoi11 vi du vn stc',NULL);
INSERT INTO "respondent" VALUES(12,1,'Người thứ 12','nguoi12@vi-du.vn','nguoi12@vi-du.vn','xa',NULL,'UBND xã','','','','nguoi thu 12 nguoi12 vi du vn ubnd xa',NULL);
CREATE TABLE salutation (
	wave_id INTEGER NOT NULL, 
	"group" VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	CONSTRAINT pk_salutation PRIMARY KEY (wave_id, "group"), 
	CONSTRAINT fk_salutation_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
);
CREATE TABLE sheet (
	wave_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	document TEXT NOT NULL, 
	CONSTRAINT pk_sheet PRIMARY KEY (wave_id, number), 
	CONSTRAINT fk_sheet_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
);
CREATE TABLE staff (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	email_key VARCHAR NOT NULL, 
	roles VARCHAR NOT NULL, 
	password_hash VARCHAR NOT NULL, 
	totp_sealed BLOB, 
	totp_confirmed_at DATETIME, 
	totp_step INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	removed_at DATETIME, 
	CONSTRAINT pk_staff PRIMARY KEY (id), 
	CONSTRAINT uq_staff_email_key UNIQUE (email_key)
);
INSERT INTO "staff" VALUES(1,'Trần Thu Hà','ha@vi-du.vn','ha@vi-du.vn','officer admin','$argon2id$v=19$m=64,t=1,p=1$MzTvttUf3+BUVeNBetZjVA$otndpphWfx2tE0G7VzweD86tB9doX0h73jKIcWxM3jQ',X'9CB0D0ADC98575078BCD09E09E5C927F017EA245F1E3E0DE81390118063131520FA47B500396244271F5D829AFCCC5FE','2026-03-02 02:00:00.000000',1,'2026-03-02 02:00:00.000000',NULL);
CREATE TABLE staff_letter (
	id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	staff_id INTEGER NOT NULL, 
	facts TEXT NOT NULL, 
	due_at DATETIME NOT NULL, 
	attempts INTEGER NOT NULL, 
	claimed_until DATETIME, 
	sent_at DATETIME, 
	failed_at DATETIME, 
	error VARCHAR, 
	CONSTRAINT pk_staff_letter PRIMARY KEY (id), 
	CONSTRAINT fk_staff_letter_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id)
);
CREATE TABLE staff_session (
	key_hash BLOB NOT NULL, 
	staff_id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	CONSTRAINT pk_staff_session PRIMARY KEY (key_hash), 
	CONSTRAINT fk_staff_session_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id)
);
CREATE TABLE tally (
	wave_id INTEGER NOT NULL, 
	question VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	cells TEXT, 
	CONSTRAINT pk_tally PRIMARY KEY (wave_id, question, unit), 
	CONSTRAINT fk_tally_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
);
CREATE TABLE unit_ballots (
	wave_id INTEGER NOT NULL, 
	unit VARCHAR NOT NULL, 
	ballots INTEGER NOT NULL, 
	CONSTRAINT pk_unit_ballots PRIMARY KEY (wave_id, unit), 
	CONSTRAINT fk_unit_ballots_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
);
CREATE TABLE urn (
	"key" BLOB NOT NULL, 
	wave_id INTEGER NOT NULL, 
	sealed BLOB NOT NULL, 
	CONSTRAINT pk_urn PRIMARY KEY ("key"), 
	CONSTRAINT fk_urn_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
)
 WITHOUT ROWID

;
INSERT INTO "urn" VALUES(X'14D45435903BFDC83BABE9C11665F501',1,X'8AE9AC1233E8D7CA21D89BA24021FD0E2227A65DA9FDE7BF818A6A5DF8368D093FD198CE74234E14F392C45A3FA1F3894A044C72F6E78342C4A558EAAF62AB04AC981D23D3');
INSERT INTO "urn" VALUES(X'3BDBFE26B35EFE4E562ADBB7C577970E',1,X'7E8A3983B43665BDBF6514A5A3B322EA5A92BB48C5C8EA5515FC8B28B72C85074A70FDC62DACA7D3EA765947E74B0B36FA77701D4D76B9C90468BF188B67450798CB80F295');
INSERT INTO "urn" VALUES(X'4EE9F106E1E7696882AB23B1BA0AC663',1,X'A32F39CB9D724AB59B4E8EA437BE15A0FE41436B013836670A11A2A6DFE707276FE28F161EC4D8765074B263FC4E74AEDF176ED8B76A4BB2FA8FCF13BC2B9E071735998606');
INSERT INTO "urn" VALUES(X'564A5F1DCC918C97F98BCBB2EB7DD809',1,X'3DE218596DEB6E41E93484BB07CE317012A72DF7048E11430EE70B827CF8DB569A3D72A4A9D6B3ED1CBD771E9BDD68D96E6387C53AA0CE2BE04BC38A352F2E552058CC718E');
INSERT INTO "urn" VALUES(X'686EC1BAC231B5F77C94347F0742B312',1,X'F3E573F139BF1513EE288B389D256848E409F19ABD4D1DC43E58317635C0D53DA7270AEA55D6B84B967D336677C2E4CC5C7690C3420B7FE28E5F6C5D0D90E61A3091EB6F26');
INSERT INTO "urn" VALUES(X'88EB4B5AD9FD4262E77B7237D6052712',1,X'D9D4DE674F1830EA28FA5F143C37B96816954887C4ED069EC480923BD5800D4AAF79FB149C1A07C9EF0AE8C3E90D7D3DA351911F30CC9D8F996E0DB2C9A2D6E4115AF82A89');
INSERT INTO "urn" VALUES(X'A725E115B49D780C9CC6C56E00106BB4',1,X'817F3F6CDD80C12D0AB07EE32D8323B641490B9BEAC70D463EA09F7EF48A021808CD64F03982D90CE78DFD2036115BE7D92FB0E7EC68624DDAF10AD443EA3F851961536A39');
INSERT INTO "urn" VALUES(X'A9F661307D16E45AD2A06EE77C5FB825',1,X'F485D4203A606666F230B2D98D49D2560C745FA88368A9FAF181588B06DADA6B681BA150B45BA00630532B591027187C4002777606FEBFDD73200BDB275741233D7BE381F2');
INSERT INTO "urn" VALUES(X'F31524A6B5D2DCB62D757CBEDD9D061A',1,X'1BECF71C753E318FD255A340B425A2D4C2C2371DA51A1B686004B05C4DABFD1F3B34B203921B9A9B471006BB859D4775EAFF96DDE5B1C7FD3324046AE30D395B67F5CE55E4');
CREATE TABLE wave (
	id INTEGER NOT NULL, 
	code VARCHAR NOT NULL, 
	index_content TEXT NOT NULL, 
	index_digest VARCHAR NOT NULL, 
	mode VARCHAR NOT NULL, 
	two_people BOOLEAN NOT NULL, 
	public_key BLOB, 
	opens_at DATETIME NOT NULL, 
	closes_at DATETIME NOT NULL, 
	created_at DATETIME NOT NULL, 
	launched_at DATETIME, 
	closed_at DATETIME, 
	urn_digest VARCHAR, 
	unsealed_at DATETIME, 
	keys_erased_at DATETIME, 
	cancelled_at DATETIME, 
	cancel_reason VARCHAR, rehearsal BOOLEAN DEFAULT 0 NOT NULL, remind_days VARCHAR DEFAULT '' NOT NULL, note_cells TEXT DEFAULT '{}' NOT NULL, reminded_at DATETIME, listed_at DATETIME, 
	CONSTRAINT pk_wave PRIMARY KEY (id), 
	CONSTRAINT ck_wave_closes_after_opens CHECK (closes_at > opens_at), 
	CONSTRAINT uq_wave_code UNIQUE (code)
);
INSERT INTO "wave" VALUES(1,'dot-thu','{"format": "1", "index": {"code": "pooled", "name": "Bộ chỉ số thử: pooled", "year": "2024", "max_points": "2", "survey_points": "2"}, "organiser": {"name": "Sở Nội vụ", "basis": "Kế hoạch điều tra (giả định)", "contact": "Phòng Cải cách hành chính", "phone": "0213 000 000", "email": "cchc@vi-du.vn", "notice": "Thư điện tử của Ông/Bà chỉ dùng để gửi phiếu, xóa sau 18 tháng."}, "rules": {"weighting": "pooled", "no_opinion": "exclude", "own_unit": "exclude", "min_ballots": "5", "decimals": "2", "ranking": "blocks", "paging": "component", "choose_units": false, "participation_list": false, "classes": []}, "blocks": [{"code": "so", "name": "Sở, ban, ngành", "not_applicable": []}], "units": [{"code": "snv", "name": "Sở Nội vụ", "block": "so", "not_applicable": []}, {"code": "stc", "name": "Sở Tài chính", "block": "so", "not_applicable": []}], "components": [{"code": "1", "name": "Chỉ đạo, điều hành"}], "criteria": [{"code": "1.1", "parent": "1", "name": "Quyết tâm của lãnh đạo", "max_points": "2", "method": "survey"}], "scales": [{"code": "tot", "levels": [{"code": "A", "label": "Tốt", "weight": "1"}, {"code": "B", "label": "Trung bình", "weight": "1/2"}, {"code": "C", "label": "Chưa tốt", "weight": "0"}], "no_opinion": "Không có ý kiến"}], "groups": [{"code": "hdnd", "name": "Đại biểu HĐND tỉnh", "weight": "1", "rates": "all"}, {"code": "xa", "name": "Lãnh đạo xã", "weight": "1", "rates": "all"}], "questions": [{"code": "q1", "text": "Ông/Bà đánh giá thế nào về quyết tâm của lãnh đạo {unit} năm {year}?", "groups": ["hdnd", "xa"], "criterion": "1.1", "scale": "tot", "weight": "1"}]}','sha256:2a55c455ddf5f07aa450e09e787a73845b9133a6120b6983a839257b8a6edc00','office',0,X'BB040BB82A074B77B1C177A89D95D5040E3B2A082E39C43369F8E5538BD62958','2026-03-01 02:00:00.000000','2026-03-12 02:00:00.000000','2026-03-01 02:00:00.000000','2026-03-02 02:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL,0,'','{"hdnd": "hdnd+xa", "xa": "hdnd+xa"}',NULL,NULL);
CREATE TABLE wave_officer (
	wave_id INTEGER NOT NULL, 
	staff_id INTEGER NOT NULL, 
	counts_from DATETIME NOT NULL, 
	CONSTRAINT pk_wave_officer PRIMARY KEY (wave_id, staff_id), 
	CONSTRAINT fk_wave_officer_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id), 
	CONSTRAINT fk_wave_officer_wave_id FOREIGN KEY(wave_id) REFERENCES wave (id)
);
CREATE INDEX ix_letter_state_due_at ON letter (state, due_at);
CREATE TRIGGER sheet_frozen_update BEFORE UPDATE ON sheet
                BEGIN SELECT RAISE(ABORT, 'a score sheet never changes'); END;
CREATE TRIGGER sheet_frozen_delete BEFORE DELETE ON sheet
                BEGIN SELECT RAISE(ABORT, 'a score sheet never changes'); END;
CREATE TRIGGER wave_frozen BEFORE UPDATE ON wave
            WHEN OLD.launched_at IS NOT NULL AND (NEW.code IS NOT OLD.code OR NEW.index_content IS NOT OLD.index_content OR NEW.index_digest IS NOT OLD.index_digest OR NEW.mode IS NOT OLD.mode OR NEW.two_people IS NOT OLD.two_people OR NEW.rehearsal IS NOT OLD.rehearsal OR NEW.public_key IS NOT OLD.public_key OR NEW.opens_at IS NOT OLD.opens_at OR NEW.launched_at IS NOT OLD.launched_at)
            BEGIN SELECT RAISE(ABORT, 'a launched wave is frozen'); END;
CREATE TRIGGER audit_append_only_update BEFORE UPDATE ON audit
                BEGIN SELECT RAISE(ABORT, 'the log never changes'); END;
CREATE TRIGGER audit_append_only_delete BEFORE DELETE ON audit
                BEGIN SELECT RAISE(ABORT, 'the log never changes'); END;
COMMIT;