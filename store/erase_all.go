package store

import (
	"fmt"
	"slices"
)

// lasting are the tables that [Records.EraseAll] leaves as they are: the schema, the
// secrets of the server, the counter by which replicas learn that what they
// remember is gone, and whether users are packed for searches.
var lasting = []string{"schema_version", "server_secrets", "iam_changes", "user_packing"}

// EraseAll deletes everything but the server's own secrets, with the root key among
// them. [ErrReferenced] says that somebody added something meanwhile; then the
// transaction must not commit.
func (r Records) EraseAll() error {
	for _, table := range slices.Backward(layout()) { // those that refer to others come after them
		if slices.Contains(lasting, table.Name) {
			continue
		}
		if _, err := r.tx.Exec(`DELETE FROM ` + table.Name); err != nil {
			return fmt.Errorf("emptying %s: %w", table.Name, err)
		}
	}
	return nil
}
