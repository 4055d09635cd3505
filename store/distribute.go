package store

import "carillon/store/engine"

// layout returns the tables of the newest schema with their places, those that
// others refer to first.
func layout() []engine.Table { return append(spread(), local()...) }

// spread are the tables that every machine has, or has a part of.
func spread() []engine.Table {
	return []engine.Table{
		{Name: "accounts", Placement: engine.Distributed},
		{Name: "deleted_accounts", Placement: engine.Distributed},
		{Name: "user_changes", Placement: engine.Distributed}, // before user_rows, whose end it notes
		{Name: "user_blocks", Placement: engine.Distributed},
		{Name: "user_rows", Placement: engine.Distributed},
		{Name: "former_users", Placement: engine.Distributed},
		{Name: "user_activity", Placement: engine.Distributed},
		{Name: "rooms", Placement: engine.Distributed},
		{Name: "room_tokens", Placement: engine.Distributed},
		{Name: "room_memberships", Placement: engine.Distributed},
		{Name: "messages", Placement: engine.Distributed},
		{Name: "bots", Placement: engine.Distributed},
		{Name: "retention_settings", Placement: engine.Distributed},
		{Name: "scim_users", Placement: engine.Distributed},
		{Name: "scim_emails", Placement: engine.Distributed},
		{Name: "scim_groups", Placement: engine.Distributed},
		{Name: "scim_members", Placement: engine.Distributed},
		{Name: "scim_requests", Placement: engine.Distributed},
		{Name: "audit_pending", Placement: engine.Distributed}, // beside what it tells of, so that both are one transaction of one machine

		{Name: "schema_version", Placement: engine.Reference}, // every replica asks for it to know whether it is ready
		{Name: "server_secrets", Placement: engine.Reference},
		{Name: "access_keys", Placement: engine.Reference}, // every request reads one
		{Name: "iam_users", Placement: engine.Reference},   // and with it these
		{Name: "iam_user_policies", Placement: engine.Reference},
		{Name: "iam_policies", Placement: engine.Reference},
		{Name: "iam_policy_versions", Placement: engine.Reference},
		{Name: "iam_attachments", Placement: engine.Reference},
		{Name: "domains", Placement: engine.Reference}, // unique in the AWS account, not in the Chime account
	}
}

// local are the tables that one machine has.
func local() []engine.Table {
	return []engine.Table{
		{Name: "jobs", Placement: engine.Local},            // a queue: SKIP LOCKED has to see all rows
		{Name: "offered_numbers", Placement: engine.Local}, // is compared with phone_numbers
		{Name: "phone_numbers", Placement: engine.Local},   // unique in the world, and assigned together with a user
		{Name: "phone_number_orders", Placement: engine.Local},
		{Name: "aws_account_settings", Placement: engine.Local}, // its rows serve as locks
		{Name: "account_counts", Placement: engine.Local},       // likewise
		{Name: "webhooks", Placement: engine.Local},             // found by their id alone, written with every message
		{Name: "invitations", Placement: engine.Local},          // likewise, by those who have a link
		{Name: "scim_tokens", Placement: engine.Local},          // likewise
		{Name: "user_packing", Placement: engine.Local},         // a lock
		{Name: "test_clock", Placement: engine.Local},
		{Name: "iam_changes", Placement: engine.Local},     // a lock
		{Name: "access_key_uses", Placement: engine.Local}, // written all the time
		{Name: "console_notes", Placement: engine.Local},
		{Name: "console_files", Placement: engine.Local},

		{Name: "audit_batches", Placement: engine.Local}, // a chain, written by one at a time, of the records of all accounts
		{Name: "audit_index", Placement: engine.Local},
		{Name: "audit_chain", Placement: engine.Local},
	}
}

// formerTables are those that a migration makes and a later one takes away, so that
// a database which is not up to date may have them.
func formerTables() []engine.Table {
	return []engine.Table{
		{Name: "users", Placement: engine.Distributed}, // up to version 7
		{Name: "users_before", Placement: engine.Distributed},
	}
}

// everyTable returns the tables that a database of some version may have.
func everyTable() []engine.Table { return append(layout(), formerTables()...) }
