package console

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"time"

	"carillon/api"
)

// backupPage is what the page of a backup shows that somebody has asked for.
type backupPage struct {
	State         api.BackupState
	Message, File string
	Size, Sum     string
	Created       api.Timestamp
	SchemaVersion int
}

func createBackup(p *page) error {
	out, err := p.calls().CreateBackup(p.r.Context(), &api.CreateBackupInput{})
	if err != nil {
		return p.done(serverPath, "backup", err, "")
	}
	return p.redirect(serverPath + "/backups/" + out.BackupId.V)
}

func showBackup(p *page) error {
	id := p.r.PathValue("backup")
	out, err := p.calls().ReadBackup(p.r.Context(), &api.ReadBackupInput{BackupId: id, StateOnly: api.Some(api.FlagTrue)})
	if err != nil {
		return err
	}
	b := &backupPage{
		State: out.State.V, Message: out.Message.V, File: serverPath + "/backups/" + id + "/file", Size: byteSize(out.Bytes.V), Sum: out.Sha256.V,
		Created: out.CreatedTimestamp, SchemaVersion: out.SchemaVersion.V,
	}
	v := view{
		Title: "Backup", Crumbs: []link{{Label: "Server", URL: serverPath}, {Label: "Backup", Current: true}},
		Commands: []string{command("carillon", "backup", "carillon.backup")}, Body: b,
	}
	if b.State == api.BackupStateRunning {
		v.Refresh = 2
	}
	return p.show(http.StatusOK, "backup", v)
}

// downloadBackup sends the file, part by part. With the last one the server forgets
// it. What fails on the way ends the answer early, which its length tells.
func downloadBackup(p *page) error {
	ctx, in := p.r.Context(), &api.ReadBackupInput{BackupId: p.r.PathValue("backup")}
	part, out, err := p.backupPart(ctx, in)
	if err != nil {
		return err
	}
	if out.State.V != api.BackupStateReady {
		return api.Conflict.Errorf("The backup is not ready")
	}
	header := p.w.Header()
	header.Set("Content-Type", "application/octet-stream")
	header.Set("Content-Disposition", `attachment; filename="carillon-`+out.CreatedTimestamp.Time().UTC().Format("20060102T150405Z")+`.backup"`)
	header.Set("Content-Length", strconv.Itoa(out.Bytes.V))
	for sent := 0; ; {
		_ = http.NewResponseController(p.w.ResponseWriter).SetWriteDeadline(time.Now().Add(partTime)) // where there is one
		n, err := p.w.Write(part)
		if sent += n; err != nil || len(part) == 0 || sent >= out.Bytes.V {
			return nil
		}
		in.Offset = api.Some(sent)
		if part, _, err = p.backupPart(ctx, in); err != nil {
			p.refusal = p.c.asRefusal(err) // for the log; the answer has begun
			return nil
		}
	}
}

// partTime is how long a client may take for a part.
const partTime = time.Minute

func (p *page) backupPart(ctx context.Context, in *api.ReadBackupInput) ([]byte, *api.ReadBackupOutput, error) {
	out, err := p.calls().ReadBackup(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	part, err := base64.StdEncoding.DecodeString(out.Content.V)
	return part, out, err
}
