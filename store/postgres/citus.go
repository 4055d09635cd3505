package postgres

import (
	"fmt"

	"carillon/store/engine"
)

var _ engine.Distributor = (*Engine)(nil)

// Distribute implements [engine.Distributor] for databases with the extension
// Citus. The connection must lead to the coordinator if there is anything to do.
func (e *Engine) Distribute(tx engine.Tx, tables []engine.Table) (bool, error) {
	citus, err := queryNames(tx, "SELECT extname FROM pg_extension WHERE extname = 'citus'")
	if err != nil || len(citus) == 0 {
		return false, err
	}
	return true, distributeTables(tx, tables)
}

// unplaced are the tables that are there and not distributed yet.
const unplaced = `SELECT CAST(relname AS TEXT) FROM pg_class
	WHERE relkind = 'r' AND pg_table_is_visible(oid) AND NOT EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = pg_class.oid)`

// distributeTables distributes the tables that are there and not distributed yet.
func distributeTables(tx engine.Tx, tables []engine.Table) error {
	waiting, err := queryNames(tx, unplaced)
	if err != nil {
		return fmt.Errorf("listing the tables: %w", err)
	}
	leader := "none"
	for _, t := range tables {
		if waiting[t.Name] {
			if err := distributeTable(tx, t, leader); err != nil {
				return fmt.Errorf("distributing the table %s (for which the database must be the coordinator, registered with citus_set_coordinator_host): %w", t.Name, err)
			}
		}
		if t.Placement == engine.Distributed && leader == "none" {
			leader = t.Name
		}
	}
	return nil
}

// distributeTable distributes a table, with the rows it has. Those of a
// distributed table go where the rows of leader with the same account are.
func distributeTable(tx engine.Tx, t engine.Table, leader string) error {
	var err error
	switch t.Placement {
	case engine.Distributed:
		_, err = tx.Exec("SELECT create_distributed_table($1, 'account_id', colocate_with => $2)", t.Name, leader)
	case engine.Reference:
		_, err = tx.Exec("SELECT create_reference_table($1)", t.Name)
	case engine.Local:
		_, err = tx.Exec("SELECT citus_add_local_table_to_metadata($1)", t.Name)
	}
	return err
}

// queryNames runs a query for one column of names.
func queryNames(tx engine.Tx, query string) (map[string]bool, error) {
	set := map[string]bool{}
	err := tx.Query(query, nil, func(r engine.Row) error {
		var name string
		err := r.Scan(&name)
		set[name] = true
		return err
	})
	return set, err
}
