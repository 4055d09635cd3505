package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// listedEvent is what carillon audit list prints of a record.
type listedEvent struct {
	EventId, EventName, Username, CloudTrailEvent string
}

func TestCommandAudit_list_export_verify(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		id := e.team(t)
		e.users(t, id, 3)
		list := func(args ...string) []listedEvent {
			return carillon[struct{ Events []listedEvent }](t, e.caller, append([]string{"audit", "list"}, args...)...).Events
		}
		equal(t, "all", len(list()), 4)
		equal(t, "of the account", len(list("--resource", id, "--event-name", "CreateUser")), 3)
		equal(t, "of another time", len(list("--end", "2020-01-01")), 0)
		equal(t, "of all accounts", len(list("--all-accounts", "--user-name", "root")), 4)
		file := filepath.Join(t.TempDir(), "audit.jsonl")
		e.tryCarillon(t, "audit", "export", file).succeeded(t)
		text, err := os.ReadFile(file)
		succeed(t, err)
		var exported []string
		for _, event := range slices.Backward(list()) {
			exported = append(exported, event.CloudTrailEvent)
		}
		equal(t, "export", strings.TrimSuffix(string(text), "\n"), strings.Join(exported, "\n"))
		e.tryCarillon(t, "audit", "verify").succeeded(t)
		lost := e.tryCarillon(t, "audit", "verify", "--head", "9:"+strings.Repeat("00", 32)) // a chain of nine batches was kept
		equal(t, "exit code", lost.code, exitFailed)
		if !strings.Contains(lost.stdout, `"Ok": false`) || !strings.Contains(lost.stderr, "batch 9") {
			t.Errorf("verify: %+v", lost)
		}
		e.tryCarillon(t, "audit", "export", filepath.Join(t.TempDir(), "no", "file")).failed(t, 1)
	})
}

// Each filter alone chooses, and the list has all pages.
func TestCommandAudit_filters(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		o := e.office(t)
		users := o.admin.users(t, o.id, 101) // more than a page has
		clerk := newPrincipal(t, o.principal, "Clerk", "AmazonChimeReadOnly")
		clerk.refused(t, "Forbidden", "", "chime", "DeleteAccount", members{"AccountId": o.id})
		o.recorded(t, "EventName", "DeleteAccount")
		all := o.admin.audited(t)
		equal(t, "all", len(all), 1+len(users)+3+1)
		at, before := all[0].time(t), all[len(all)-1].time(t)
		for _, test := range []struct {
			args []string
			want int
		}{
			{[]string{"--event-name", "CreateUser"}, len(users) + 1},
			{[]string{"--event-name", "createuser"}, 0},
			{[]string{"--user-name", "Clerk"}, 1},
			{[]string{"--access-key-id", clerk.keys.AccessKeyID}, 1},
			{[]string{"--resource", users[7]}, 1},
			{[]string{"--resource", "Clerk"}, 3},
			{[]string{"--error-code", "ForbiddenException"}, 1},
			{[]string{"--event-name", "CreateUser", "--resource", "Clerk"}, 1},
			{[]string{"--start", before.Format(time.RFC3339)}, len(all)},
			{[]string{"--start", at.AddDate(0, 0, 1).Format(time.DateOnly)}, 0},
			{[]string{"--end", at.Format(time.RFC3339)}, len(all)},
			{[]string{"--end", before.Add(-time.Second).Format(time.RFC3339)}, 0},
		} {
			equal(t, strings.Join(test.args, " "), len(o.admin.audited(t, test.args...)), test.want)
		}
		o.admin.tryCarillon(t, "audit", "list", "--start", "yesterday").failed(t, exitFailed, "BadRequestException", "'StartTime'")
		o.admin.tryCarillon(t, "audit", "list", "--start", "2026-01-02", "--end", "2026-01-01").failed(t, exitFailed, "BadRequestException")
		table := o.admin.tryCarillon(t, "audit", "list", "--user-name", "Clerk", "--output", "table").succeeded(t)
		if !strings.Contains(table, "DeleteAccount") {
			t.Errorf("the table is %s", table)
		}
	})
}

// A file that exists is replaced when all of the export is there, and stays if it
// fails.
func TestCommandAudit_export_existing_file(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		o := e.office(t)
		clerk := newPrincipal(t, o.principal, "Clerk", "")
		dir := t.TempDir()
		file := filepath.Join(dir, "audit.jsonl")
		succeed(t, os.WriteFile(file, []byte("precious\n"), 0o644))
		for _, c := range []*caller{newCaller(e.endpoint, clerk.keys), newCaller("http://"+freeAddress(t), o.keys)} {
			c.tryCarillon(t, "audit", "export", file).failed(t, exitFailed)
		}
		o.admin.tryCarillon(t, "audit", "export", file, "--start", "yesterday").failed(t, exitFailed, "'StartTime'")
		equal(t, "file", readFile(file), "precious\n")
		o.recorded(t, "Username", "Clerk") // of the denial
		o.admin.tryCarillon(t, "audit", "export", file).succeeded(t)
		var names []string
		for _, line := range linesOf(t, file) {
			names = append(names, readRecord(t, line).EventName)
		}
		equal(t, "records, oldest first", names, []string{"ProvisionAccount", "CreateUser", "CreateAccessKey", "ExportAuditEvents"})
		info, err := os.Stat(file)
		succeed(t, err)
		equal(t, "mode", info.Mode(), 0o600)
		left, err := os.ReadDir(dir)
		succeed(t, err)
		equal(t, "files", len(left), 1)
	})
}
