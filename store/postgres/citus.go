package postgres

import (
	"fmt"

	"carillon/store"
)

var _ store.Distributor = (*Engine)(nil)

// Distribute implements [store.Distributor] for databases with the extension
// Citus. The connection must lead to the coordinator if there is anything to do.
func (e *Engine) Distribute(tx store.Tx, tables []store.Table) (bool, error) {
	citus, err := names(tx, "SELECT extname FROM pg_extension WHERE extname = 'citus'")
	if err != nil || len(citus) == 0 {
		return false, err
	}
	return true, placeAll(tx, tables)
}

// placeAll distributes the tables that are not distributed yet.
func placeAll(tx store.Tx, tables []store.Table) error {
	placed, err := names(tx, "SELECT CAST(logicalrelid AS TEXT) FROM pg_dist_partition")
	if err != nil {
		return fmt.Errorf("listing the distributed tables: %w", err)
	}
	leader := "none"
	for _, t := range tables {
		if !placed[t.Name] {
			if err := place(tx, t, leader); err != nil {
				return fmt.Errorf("distributing the table %s (for which the database must be the coordinator, registered with citus_set_coordinator_host): %w", t.Name, err)
			}
		}
		if t.Placement == store.ByAccount && leader == "none" {
			leader = t.Name
		}
	}
	return nil
}

// place distributes a table, with the rows it has. Tables by account go where
// the rows of leader with the same account are.
func place(tx store.Tx, t store.Table, leader string) error {
	var err error
	switch t.Placement {
	case store.ByAccount:
		_, err = tx.Exec("SELECT create_distributed_table($1, 'account_id', colocate_with => $2)", t.Name, leader)
	case store.Everywhere:
		_, err = tx.Exec("SELECT create_reference_table($1)", t.Name)
	case store.OneMachine:
		_, err = tx.Exec("SELECT citus_add_local_table_to_metadata($1)", t.Name)
	}
	return err
}

// names runs a query for one column of names.
func names(tx store.Tx, query string) (map[string]bool, error) {
	set := map[string]bool{}
	err := tx.Query(query, nil, func(r store.Row) error {
		var name string
		err := r.Scan(&name)
		set[name] = true
		return err
	})
	return set, err
}
