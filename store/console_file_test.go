package store_test

import (
	"fmt"

	"carillon/store"
)

// consoleFiles: a file has its parts until it is removed or ends, and the files of
// an AWS account are found in the order in which they end.
func consoleFiles(d *db) {
	for i, owner := range []string{aws, aws, "999988887777"} {
		for part := range int64(3) {
			d.write(func(r store.Records) error {
				return r.InsertConsoleFilePart(&store.ConsoleFilePart{
					FileID: fmt.Sprint(i), Part: part, AwsAccountID: owner, AccountID: "a", Content: []byte{byte(part)}, ExpiresMs: int64(100 - i),
				})
			})
		}
	}
	first := func(limit int) (ids []string) {
		d.write(func(r store.Records) (err error) {
			ids, err = r.FirstConsoleFiles(aws, limit)
			return err
		})
		return ids
	}
	d.equal("both", first(9), []string{"1", "0"})
	d.equal("the first", first(1), []string{"1"})
	d.write(func(r store.Records) error { return r.KeepConsoleFile("1", 200) })
	d.equal("both", first(9), []string{"0", "1"})
	d.write(func(r store.Records) error { return second(r.DeleteConsoleFile("0", 2)) })
	d.equal("rest", d.count("console_files"), int64(7))
	d.equal("the rest begins the file", first(9), []string{"0", "1"})
	d.write(func(r store.Records) error { return second(r.PurgeConsoleFiles(101, 9)) })
	d.equal("rest", d.count("console_files"), int64(3))
}

// consoleNotes: a note is read in parts, and its last line without the others.
func consoleNotes(d *db) {
	for i := range int64(5) {
		d.write(func(r store.Records) error {
			return r.InsertConsoleLine(&store.ConsoleLine{NoteID: "n", Line: i, Body: fmt.Sprint(i), ExpiresMs: 9})
		})
	}
	d.refused(store.ErrExists, func(r store.Records) error {
		return r.InsertConsoleLine(&store.ConsoleLine{NoteID: "n", Line: 4, Body: "again", ExpiresMs: 9})
	})
	d.write(func(r store.Records) error {
		list, err := r.ConsoleNote("n", 1, 2)
		d.equal("lines", []string{list[0].Body, list[1].Body}, []string{"1", "2"})
		last, failed := r.LastConsoleLine("n")
		d.equal("last", last.Body, "4")
		if err == nil {
			err = failed
		}
		return err
	})
	d.refused(store.ErrNotFound, func(r store.Records) error { return second(r.LastConsoleLine("m")) })
}
