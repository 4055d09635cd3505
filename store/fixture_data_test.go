package store_test

import (
	"errors"
	"slices"

	"carillon/store"
)

// fixture returns the records of the fixture databases. It only grows: what is
// in the fixtures of versions that have landed stays as it is, and a record
// that gets a field has nothing in it there.
func fixture() []fixtureRecord {
	return slices.Concat(fixtureAccounts(), fixtureUsers(), fixtureAccess(), fixtureNumbers(), fixtureRooms(), fixtureRest(), fixtureIdentity(), fixtureAudit(), fixtureInvitations(), fixtureScim())
}

func fixtureAccounts() []fixtureRecord {
	account := func(a store.Account) fixtureRecord {
		return record(1, a, store.Records.InsertAccount, func(r store.Records) (store.Account, error) {
			got, err := r.Account(a.AwsAccountID, a.AccountID)
			return *got, err
		})
	}
	gone := store.Account{AccountID: "gone", AwsAccountID: aws, Name: "Gone", Type: "Team", CreatedMs: 1}
	return []fixtureRecord{
		account(store.Account{AccountID: "team", AwsAccountID: aws, Name: "Ängström", Type: "Team", Status: "Active", DefaultLicense: "Pro", CreatedMs: 100}),
		account(store.Account{
			AccountID: "enterprise", AwsAccountID: aws, Name: "Example", Type: "EnterpriseDirectory", Status: "Active", DefaultLicense: "Basic",
			DirectoryID: "d-1", DelegateGroups: []string{"one", "two"}, DisableRemoteControl: true, EnableDialOut: true, CreatedMs: 200,
		}),
		{since: 1, write: func(r store.Records) error { return r.InsertAccount(&gone) }, check: func(*db) {}},
		{since: 1, write: func(r store.Records) error {
			return errors.Join(r.MarkAccountDeleted(&gone, 300), second(r.EraseAccount("gone", 9)))
		}, check: func(d *db) {
			d.equal("tombstones", d.count("deleted_accounts"), int64(1))
		}},
	}
}

func fixtureUser(u store.User) fixtureRecord {
	return record(1, u, store.Records.InsertUser, func(r store.Records) (store.User, error) {
		got, err := r.User(u.AwsAccountID, u.AccountID, u.UserID)
		return *got, err
	})
}

// fixtureEmails are addresses of users. Up to version 2 they were all different;
// since then the second is the same as the first and the fourth as the fifth.
var fixtureEmails = []struct {
	email string
	until int64
}{
	{"J\u00fcrgen@B\u00fccher.example", 0},
	{"Ju\u0308rgen@bu\u0308cher.example", 2},
	{"ann\u200b@example.com", 0},
	{"Bob@Example.com.", 2},
	{"bob@example.com", 0},
	{"PLAIN@example.com", 0},
}

func fixtureUsers() []fixtureRecord {
	list := []fixtureRecord{fixtureUser(store.User{
		AccountID: "enterprise", UserID: "full", AwsAccountID: aws, Email: "Jane.Doe@Example.com", DisplayName: "Jane Doe", License: "Pro",
		Type: "SharedDevice", Registration: "Registered", Invitation: "Accepted", InviteID: "i", EmailStatus: "Sent", PersonalPIN: "1234567890",
		PhoneNumber: "+12065550100", AlexaEnabled: true, AlexaRoomArn: "arn", InboundCalling: true, OutboundCalling: true, SMS: true,
		CreatedMs: 110, RegisteredMs: 120, InvitedMs: 130, SignedOutMs: 140,
	})}
	for i, e := range fixtureEmails {
		record := fixtureUser(store.User{
			AccountID: "team", UserID: string(rune('1' + i)), AwsAccountID: aws, Email: e.email, Type: "PrivateUser", License: "Pro", CreatedMs: int64(i + 1),
		})
		record.until = e.until
		list = append(list, record)
	}
	left := newUser("team", "left", 9)
	left.Email = "Zoe\u0308@example.com"
	return append(list,
		fixtureRecord{since: 1, write: func(r store.Records) error { return r.InsertUser(left) }, check: func(*db) {}},
		fixtureRecord{since: 1, write: func(r store.Records) error { return r.RemoveUser(left) }, check: func(d *db) {
			d.read(func(r store.Records) error {
				id, err := r.FormerUserID("team", left.Email)
				d.equal("former user", id, "left")
				return err
			})
		}})
}

func fixtureAccess() []fixtureRecord {
	return []fixtureRecord{
		record(1, store.Domain{AwsAccountID: aws, Name: "example.com", AccountID: "enterprise", CreatedMs: 210},
			store.Records.InsertDomain, func(r store.Records) (store.Domain, error) {
				list, err := r.Domains("enterprise")
				return list[0], err
			}),
		// Before version 6 a key had the name of a user, and that was all of the user.
		record(1, store.AccessKey{
			AccessKeyID: "AKIAEXAMPLE", AwsAccountID: aws, UserID: "AIDAEXAMPLE", SealedSecret: []byte{0, 1, 255}, Active: true, CreatedMs: 50,
			UserName: "alice", UserPath: "/",
		}, insertFixtureKey, func(r store.Records) (store.AccessKey, error) { return r.AccessKey("AKIAEXAMPLE") }),
		{since: 1, write: func(store.Records) error { return nil }, check: func(d *db) {
			d.read(func(r store.Records) error {
				attached, err := r.AttachmentsOfUser("AIDAEXAMPLE")
				d.equal("attached", attached, []store.IamAttachment{{
					UserID: "AIDAEXAMPLE", PolicyARN: "arn:aws:iam::aws:policy/AmazonChimeFullAccess", AwsAccountID: aws, UserName: "alice", UserPath: "/",
				}})
				return err
			})
		}},
		record(1, []byte("secret"),
			func(r store.Records, value *[]byte) error { return second(r.ServerSecret("master", *value)) },
			func(r store.Records) ([]byte, error) { return r.ServerSecret("master", nil) }),
	}
}

func insertFixtureKey(r store.Records, k *store.AccessKey) error {
	return errors.Join(
		r.InsertIamUser(&store.IamUser{AwsAccountID: k.AwsAccountID, UserID: k.UserID, UserName: k.UserName, Path: k.UserPath, CreatedMs: k.CreatedMs}),
		r.InsertIamAttachment(&store.IamAttachment{UserID: k.UserID, PolicyARN: "arn:aws:iam::aws:policy/AmazonChimeFullAccess", AwsAccountID: k.AwsAccountID}),
		r.InsertAccessKey(k))
}

func fixtureNumbers() []fixtureRecord {
	const number, offered = "+12065550100", "+12065550101"
	return []fixtureRecord{
		record(2, store.PhoneNumber{
			E164: number, AwsAccountID: aws, Country: "US", Type: "Local", ProductType: "BusinessCalling", Status: "Assigned", CallingName: "Jane",
			CallingNameStatus: "UpdateSucceeded", AccountID: "enterprise", UserID: "full", OrderID: "order", AssociatedMs: 1, CreatedMs: 2, UpdatedMs: 3, DeletionMs: 4,
		}, store.Records.InsertPhoneNumber, func(r store.Records) (store.PhoneNumber, error) { return r.PhoneNumber(aws, number) }),
		record(2, store.PhoneNumberOrder{
			AwsAccountID: aws, OrderID: "order", ProductType: "BusinessCalling", Status: "Successful",
			Items: []store.OrderedNumber{{E164: number, Status: "Acquired"}}, CreatedMs: 5, UpdatedMs: 6,
		}, store.Records.InsertOrder, func(r store.Records) (store.PhoneNumberOrder, error) { return r.Order(aws, "order") }),
		record(2, store.OfferedNumber{
			E164: offered, Country: "US", Type: "Local", AreaCode: "206", City: "Seattle", State: "WA", ProductTypes: []string{"BusinessCalling"}, CreatedMs: 7,
		}, store.Records.PutOfferedNumber, func(r store.Records) (store.OfferedNumber, error) { return r.OfferedNumber(offered) }),
		record(2, store.AwsAccountSettings{
			AwsAccountID: aws, CallingName: "Example", CallingNameMs: 8, BusinessCallingBucket: "b", VoiceConnectorBucket: "v",
		}, func(r store.Records, s *store.AwsAccountSettings) error {
			if _, err := r.LockAwsAccountSettings(aws); err != nil {
				return err
			}
			return r.UpdateAwsAccountSettings(s)
		}, func(r store.Records) (store.AwsAccountSettings, error) { return r.AwsAccountSettings(aws) }),
	}
}

func fixtureRooms() []fixtureRecord {
	message := store.MessageFilter{AccountID: "enterprise", ContainerType: store.InRoom, ContainerID: "room", Limit: 1}
	return []fixtureRecord{
		record(2, store.Room{AccountID: "enterprise", RoomID: "room", AwsAccountID: aws, Name: "Kitchen", CreatedBy: "arn", CreatedMs: 1, UpdatedMs: 2},
			store.Records.InsertRoom, func(r store.Records) (store.Room, error) { return r.Room("enterprise", "room") }),
		record(2, store.RoomToken{AccountID: "enterprise", Token: "token", RoomID: "room", Name: "Kitchen"},
			store.Records.InsertRoomToken, func(r store.Records) (store.RoomToken, error) { return r.RoomToken("enterprise", "token") }),
		record(2, store.RoomMembership{
			AccountID: "enterprise", RoomID: "room", MemberID: "full", Type: "User", Role: "Administrator", InvitedBy: "arn", CreatedMs: 3, UpdatedMs: 4,
			Email: "Jane.Doe@Example.com", FullName: "Jane Doe",
		}, store.Records.InsertRoomMembership, func(r store.Records) (store.RoomMembership, error) {
			return r.RoomMembership("enterprise", "room", "full")
		}),
		record(2, store.Message{AccountID: "enterprise", ContainerType: store.InRoom, ContainerID: "room", MessageID: "m", Sender: "full", Content: "Hé", CreatedMs: 5},
			store.Records.InsertMessage, func(r store.Records) (store.Message, error) {
				list, err := r.Messages(message)
				return list[0], err
			}),
		record(2, store.RetentionSettings{AccountID: "enterprise", RoomDays: 1, ConversationDays: 2, SetMs: 3, DeletionMs: 4},
			store.Records.PutRetentionSettings, func(r store.Records) (store.RetentionSettings, error) { return r.RetentionSettings("enterprise") }),
	}
}

func fixtureRest() []fixtureRecord {
	return []fixtureRecord{
		record(2, store.Bot{
			AccountID: "enterprise", BotID: "bot", AwsAccountID: aws, DisplayName: "Helper", Email: "helper-chimebot@example.com", TokenSerial: 3,
			HTTPSEndpoint: "https://bot.example.com", CreatedMs: 1, UpdatedMs: 2,
		}, store.Records.InsertBot, func(r store.Records) (store.Bot, error) { return r.Bot("enterprise", "bot") }),
		record(2, store.Webhook{WebhookID: "hook", AwsAccountID: aws, AccountID: "enterprise", RoomID: "room", Name: "News", CreatedBy: "arn", CreatedMs: 1},
			store.Records.InsertWebhook, func(r store.Records) (store.Webhook, error) { return r.Webhook("hook") }),
		{since: 2, write: func(r store.Records) error { return r.InsertJob(&fixtureJob) }, check: checkFixtureJob},
		record(2, int64(4711),
			func(r store.Records, ms *int64) error { return r.AdvanceTestClock(*ms) },
			store.Records.TestClockOffset),
	}
}

func fixtureIdentity() []fixtureRecord {
	p := store.IamPolicy{
		AwsAccountID: aws, PolicyID: "ANPAEXAMPLE", PolicyName: "Readers", Path: "/x/", Description: "Who reads", DefaultVersion: 1, NewestVersion: 1, CreatedMs: 1, UpdatedMs: 2,
	}
	return []fixtureRecord{
		record(6, p, store.Records.InsertIamPolicy, func(r store.Records) (store.IamPolicy, error) { return r.IamPolicy(aws, "readers") }),
		record(6, store.IamPolicyVersion{PolicyID: p.PolicyID, Version: 1, Document: "{}", CreatedMs: 1}, store.Records.InsertIamPolicyVersion,
			func(r store.Records) (store.IamPolicyVersion, error) { return r.IamPolicyVersion(p.PolicyID, 1) }),
		record(6, store.IamUserPolicy{UserID: "AIDAEXAMPLE", PolicyName: "own", Document: "{}"}, store.Records.PutIamUserPolicy,
			func(r store.Records) (store.IamUserPolicy, error) { return r.IamUserPolicy("AIDAEXAMPLE", "own") }),
		{since: 6, write: func(r store.Records) error {
			return r.PutKeyUse(&store.KeyUse{AccessKeyID: "AKIAOTHER", UsedMs: 3, Service: "chime", Region: "us-east-1"})
		}, check: func(d *db) { d.equal("uses", d.count("access_key_uses"), int64(1)) }},
		{since: 10, write: func(r store.Records) error {
			return r.InsertConsoleLine(&store.ConsoleLine{NoteID: "note", Line: 1, Body: "text", ExpiresMs: 9})
		}, check: func(d *db) { d.equal("notes", d.count("console_notes"), int64(1)) }},
		record(12, store.ConsoleFilePart{FileID: "file", Part: 0, AwsAccountID: aws, AccountID: "enterprise", Content: []byte{0, 255}, ExpiresMs: 9},
			store.Records.InsertConsoleFilePart, func(r store.Records) (store.ConsoleFilePart, error) {
				got, err := r.ConsoleFilePart("file", 0)
				return *got, err
			}),
		record(6, map[string]int64{aws: 1}, func(r store.Records, _ *map[string]int64) error { return r.ChangeIam(aws) }, store.Records.IamChanges),
	}
}

func fixtureAudit() []fixtureRecord {
	return []fixtureRecord{
		record(7, store.AuditRecord{AccountID: "enterprise", EventID: "01a20062-d742-74dd-9fa3-358c8e40332b", AwsAccountID: aws, Record: []byte("{}")},
			func(r store.Records, a *store.AuditRecord) error {
				return r.InsertAuditRecords([]store.AuditRecord{*a})
			},
			func(r store.Records) (store.AuditRecord, error) {
				list, err := r.PendingAudit(store.AuditFilter{Limit: 1})
				return list[0], err
			}),
		record(7, store.AuditEnd{Batch: 1, Hash: []byte{1}, Seal: []byte{2}},
			func(r store.Records, e *store.AuditEnd) error { return r.PutAuditEnd("head", e) },
			func(r store.Records) (store.AuditEnd, error) { return r.AuditEnd("head") }),
		{since: 7, write: func(r store.Records) error {
			return r.InsertAuditKeys([]store.AuditKey{{AwsAccountID: aws, Attribute: 1, Value: "v", Batch: 1, FirstMs: 2, LastMs: 3}})
		}, check: func(d *db) { d.equal("keys", d.count("audit_index"), int64(1)) }},
		record(7, store.AuditBatch{Batch: 1, FirstMs: 2, LastMs: 3, Records: 4, Content: []byte{0, 255}, Hash: []byte{1}, Seal: []byte{2}},
			func(r store.Records, b *store.AuditBatch) error { return r.InsertAuditBatches([]store.AuditBatch{*b}) },
			func(r store.Records) (store.AuditBatch, error) {
				list, err := r.AuditBatches(0, 1)
				return list[0], err
			}),
	}
}

func fixtureInvitations() []fixtureRecord {
	return []fixtureRecord{
		record(9, store.Invitation{
			InviteID: "invitation", AccountID: "team", AwsAccountID: aws, UserID: "1", Email: "a@example.com", InvitedBy: "arn", Languages: "de",
			Status: "Pending", EmailStatus: "Sent", Serial: 2, Attempts: 3, LastError: "450", CreatedMs: 4, InvitedMs: 5, ExpiresMs: 6,
		}, store.Records.InsertInvitation, func(r store.Records) (store.Invitation, error) {
			got, err := r.Invitation("invitation")
			return *got, err
		}),
		record(9, map[string]int64{"full": 7}, func(r store.Records, _ *map[string]int64) error {
			return r.AddActivity(&store.Activity{AccountID: "enterprise", UserID: "full", ActiveMs: 7, Messages: 1})
		}, func(r store.Records) (map[string]int64, error) { return r.LastActive("enterprise", "full") }),
		{since: 12, write: func(r store.Records) error { return store.InsertUserBlock(r, "enterprise") }, check: func(d *db) {
			for _, table := range []string{"user_blocks", "user_changes", "user_packing"} {
				d.equal(table, d.count(table), int64(1))
			}
		}},
	}
}

var fixtureJob = store.Job{JobID: "job", Kind: "housekeeping", Payload: "{}", State: store.JobPending, DueMs: 5, CreatedMs: 4}

// checkFixtureJob leases the job, since only that shows all of it.
func checkFixtureJob(d *db) {
	d.Helper()
	var jobs []store.Job
	d.write(func(r store.Records) (err error) {
		jobs, err = r.LeaseJobs("owner", 5, 1, 9, 2)
		return err
	})
	want := fixtureJob
	want.Owner, want.LeasedMs, want.Attempts = "owner", 9, 1
	d.equal("jobs", jobs, []store.Job{want})
}

// checkFixtureEmails looks users up by spellings of their addresses.
func checkFixtureEmails(d *db, version int64) {
	d.Helper()
	for email, want := range map[string]string{
		"JU\u0308RGEN@xn--bcher-kva.EXAMPLE": "1", "ann@example.com": "3", "BOB@EXAMPLE.COM.": "5", "plain@example.com.": "6",
	} {
		d.write(func(r store.Records) error {
			u, err := r.LockUserByEmail(aws, "team", email)
			d.equal(email, u.UserID, want)
			return err
		})
	}
	if version <= 2 {
		d.equal("all users", len(d.users(store.UserFilter{AccountID: "team", Limit: 99})), len(fixtureEmails))
	}
}
