package server

import (
	"context"
	"errors"
	"time"

	"carillon/console"
	"carillon/store"
)

// files are what was sent to the console, in the store, where every replica finds
// it.
type files struct{ store *store.Store }

// removedParts is how many parts of a file one transaction removes.
const removedParts = 16

// Add implements console.Files.
func (f files) Add(ctx context.Context, p *console.FilePart) error {
	return f.store.Update(ctx, func(r store.Records) error {
		return r.InsertConsoleFilePart(&store.ConsoleFilePart{
			FileID: p.FileID, Part: p.Part, AwsAccountID: p.AwsAccountID, AccountID: p.AccountID, Content: p.Content, ExpiresMs: p.Expires.UnixMilli(),
		})
	})
}

// Part implements console.Files.
func (f files) Part(ctx context.Context, fileID string, part int64) (content []byte, err error) {
	err = f.store.View(ctx, func(r store.Records) error {
		p, err := r.ConsoleFilePart(fileID, part)
		content = p.Content
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return content, err
}

// First implements console.Files.
func (f files) First(ctx context.Context, awsAccountID string, limit int) (ids []string, err error) {
	err = f.store.View(ctx, func(r store.Records) error {
		ids, err = r.FirstConsoleFiles(awsAccountID, limit)
		return err
	})
	return ids, err
}

// Keep implements console.Files.
func (f files) Keep(ctx context.Context, fileID string, until time.Time) error {
	return f.store.Update(ctx, func(r store.Records) error { return r.KeepConsoleFile(fileID, until.UnixMilli()) })
}

// Remove implements console.Files.
func (f files) Remove(ctx context.Context, fileID string) error {
	for {
		removed := int64(0)
		err := f.store.Update(ctx, func(r store.Records) (err error) {
			removed, err = r.DeleteConsoleFile(fileID, removedParts)
			return err
		})
		if err != nil || removed < removedParts {
			return err
		}
	}
}
