package store

import (
	"context"

	"carillon/store/engine"
)

// ListenIam calls heard with an AWS account when another process has changed its
// users, keys or policies, until ctx ends, and missed when it may not have heard
// of all. It returns at once if there are no other processes.
func (s *Store) ListenIam(ctx context.Context, missed func(), heard func(awsAccountID string)) {
	if l, ok := s.engine.(engine.Listener); ok {
		l.Listen(ctx, iamChannel, missed, heard)
	}
}
