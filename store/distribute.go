package store

// Placement is where a database that is spread over machines keeps a table.
type Placement int

const (
	// ByAccount is for what belongs to a Chime account: the rows of an account
	// are together on one machine, found by the column account_id.
	ByAccount Placement = iota
	// Everywhere is for what all machines read and hardly anybody writes: each
	// has a copy, and a write goes to all of them.
	Everywhere
	// OneMachine is for what belongs to no account and is written often or
	// locked: an ordinary table, which the other machines reach from afar.
	OneMachine
)

// Table is a table with its place.
type Table struct {
	Name      string
	Placement Placement
}

// Distributor is an [Engine] that may be on several machines.
type Distributor interface {
	// Distribute puts tables in their places, inside of Migrate, and reports
	// whether the database knows of places. To tables that have theirs it does
	// nothing. What a table refers to comes before it, and the first one by
	// account leads the others.
	Distribute(tx Tx, tables []Table) (distributed bool, err error)
}

// layout returns all tables of the migrations with their places.
func layout() []Table {
	return []Table{
		{"accounts", ByAccount},
		{"deleted_accounts", ByAccount},
		{"users", ByAccount},
		{"former_users", ByAccount},
		{"rooms", ByAccount},
		{"room_tokens", ByAccount},
		{"room_memberships", ByAccount},
		{"messages", ByAccount},
		{"bots", ByAccount},
		{"retention_settings", ByAccount},

		{"schema_version", Everywhere}, // every replica asks for it to know whether it is ready
		{"server_secrets", Everywhere},
		{"access_keys", Everywhere}, // every request reads one
		{"domains", Everywhere},     // unique in the AWS account, not in the Chime account

		{"jobs", OneMachine},            // a queue: SKIP LOCKED has to see all rows
		{"offered_numbers", OneMachine}, // is compared with phone_numbers
		{"phone_numbers", OneMachine},   // unique in the world, and assigned together with a user
		{"phone_number_orders", OneMachine},
		{"aws_account_settings", OneMachine}, // its rows serve as locks
		{"account_counts", OneMachine},       // likewise
		{"webhooks", OneMachine},             // found by their id alone, written with every message
		{"test_clock", OneMachine},
	}
}
