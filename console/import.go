package console

import (
	"net/http"
	"slices"
	"strings"

	"carillon/api"
	"carillon/internal/userlist"
)

// importForm is what the page shows on which a list of users is sent.
type importForm struct {
	Action           string
	Encodings        []option
	MaxMiB, PlainMiB int
	Back             string
	Problem          string
}

// encodings are those of lists, as people know them.
var encodings = []option{
	{string(userlist.Auto), "Find out", true},
	{string(userlist.UTF8), "UTF-8", false},
	{string(userlist.UTF16LE), "UTF-16, little-endian", false},
	{string(userlist.UTF16BE), "UTF-16, big-endian", false},
	{string(userlist.Windows1252), "Windows-1252", false},
}

func showImportForm(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	f := &importForm{Action: accountPath(a.AccountId, "import"), Encodings: encodings, MaxMiB: maxList >> 20, PlainMiB: maxPlainList >> 20, Back: accountPath(a.AccountId)}
	if r := p.result(); r != nil && r.Bad {
		f.Problem = r.Text
	}
	return p.show(http.StatusOK, "import", p.importView(a, f, importCommand(a.AccountId)))
}

// importView is what the pages of imports have.
func (p *page) importView(a *api.Account, body any, command string) view {
	v := p.accountView(a, body, command)
	v.Title, v.Heading = "Import users · "+a.Name, "Import users"
	v.Crumbs = []link{v.Crumbs[0], {Label: a.Name, URL: accountPath(a.AccountId)}, {Label: "Import users", Current: true}}
	return v
}

func importCommand(accountID string, more ...string) string {
	return command(append([]string{"carillon", "user", "import", "users.csv", "--account-id", accountID}, more...)...)
}

// receiveImport takes a list, and begins to look what an import would do.
func receiveImport(p *page) error {
	accountID := p.r.PathValue("account")
	to := accountPath(accountID, "import")
	if !p.may("ImportUsers") { // the operation says why
		_, err := p.calls().ImportUsers(p.r.Context(), &api.ImportUsersInput{AccountId: accountID})
		return err
	}
	if _, err := p.account(); err != nil {
		return err
	}
	got, err := p.receive(accountID)
	if err == nil {
		err = p.c.checkPlain(p.r.Context(), got)
	}
	if err != nil {
		return p.done(to, "import", err, "")
	}
	t := &importTask{AccountID: accountID, FileID: got.file, Bytes: got.bytes, Then: p.c.NewID(), Update: got.fields["update"] != "", asker: p.asker()}
	t.Encoding = encodingOf(got.fields["encoding"])
	return p.beginImport(p.c.NewID(), t)
}

// encodingOf returns the encoding of a name; of one that nobody knows, Auto.
func encodingOf(name string) userlist.Encoding {
	name = strings.TrimSpace(name)
	if slices.ContainsFunc(encodings, func(o option) bool { return o.Value == name }) {
		return userlist.Encoding(name)
	}
	return userlist.Auto
}

// beginImport writes an import down, begins it unless somebody has, and leads to its
// page.
func (p *page) beginImport(id string, t *importTask) error {
	j := journal{c: p.c, id: importNote(id)}
	begun, err := j.begin(p.r.Context(), t)
	if err != nil {
		return err
	}
	if begun {
		_ = p.runImport(j, t, importStep{}) // if too many run, its page offers to continue
	}
	return p.redirect(accountPath(t.AccountID, "import", id))
}
