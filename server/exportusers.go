package server

import (
	"bufio"
	"context"

	"carillon/api"
	"carillon/chime"
	"carillon/store"
	"carillon/work"
)

// exportUsersPage is how many users are in a line of an export of users.
const exportUsersPage = 500

// ExportUserList has the users of an account, or of all accounts of the caller's AWS
// account, exported as of one moment, as ExportUsers shows them; ExportUserListPart
// then reads it. It is there beside one of all records.
func (x *exports) ExportUserList(w *work.Unit, in *api.ExportUserListInput) (*api.ExportUserListOutput, error) {
	aws, accountID := w.Caller.AwsAccountID, in.AccountId.V
	if accountID != "" {
		if _, err := w.Account(aws, accountID); err != nil {
			return nil, work.Refusal(err)
		}
	}
	id, err := x.order(w, usersOwner(aws), func(ctx context.Context, r store.Records, out *bufio.Writer) error {
		return writeUsers(ctx, r, aws, accountID, out)
	})
	return &api.ExportUserListOutput{ExportId: api.NonZero(id)}, err
}

// ExportUserListPart is ExportRecordsPart for an export of users.
func (x *exports) ExportUserListPart(w *work.Unit, in *api.ExportUserListPartInput) (*api.ExportUserListPartOutput, error) {
	asked := api.ExportRecordsPartInput(*in)
	part, err := x.part(w, usersOwner(w.Caller.AwsAccountID), &asked)
	if err != nil {
		return nil, err
	}
	out := api.ExportUserListPartOutput(*part)
	return &out, nil
}

func usersOwner(awsAccountID string) string { return awsAccountID + "/users" }

// writeUsers writes users of an account, or of all accounts, a page a line.
func writeUsers(ctx context.Context, r store.Records, aws, accountID string, out *bufio.Writer) (err error) {
	accounts := []string{accountID}
	if accountID == "" {
		if accounts, err = r.AccountIDs(aws); err != nil {
			return err
		}
	}
	for _, account := range accounts {
		if err := writeUsersOf(ctx, r, aws, account, out); err != nil {
			return err
		}
	}
	return nil
}

func writeUsersOf(ctx context.Context, r store.Records, aws, accountID string, out *bufio.Writer) error {
	f := store.UserFilter{AwsAccountID: aws, AccountID: accountID, Limit: exportUsersPage}
	var line []byte
	for {
		page := api.ExportUsersOutput{}
		err := r.Users(f, func(u *store.User) {
			page.Users = append(page.Users, chime.ExportedUser(u))
			f.After = store.Position{Ms: u.CreatedMs, ID: u.UserID}
		})
		if err != nil || len(page.Users) == 0 {
			return err
		}
		line = append(page.AppendJSON(line[:0]), '\n')
		if _, err := out.Write(line); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil || len(page.Users) < f.Limit {
			return err
		}
	}
}
