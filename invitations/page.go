package invitations

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"carillon/api"
)

// view is what a page shows.
type view struct {
	*texts
	Title, Intro string
	// Address is whom the invitation is for.
	Address string
	// Form asks for the name; Back leads to it.
	Form, Back bool
}

func (p *Page) write(w http.ResponseWriter, status int, v view) error {
	v.texts = p.texts
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", v.Language)
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}

// texts are those of a language. ACCOUNT stands for the account, WHO for who invites.
type texts struct {
	Language                                                 string
	Title, Invited, InvitedBy, For, YourName, Accept, GoBack string
	Welcome, Registered                                      string

	unknown, used, expired, replaced, withdrawn, wrong, foreign, later message
}

// message says what is wrong and what to do.
type message struct{ title, advice string }

// languages are in the order of matcher; the first is the default.
var (
	languages = []texts{english, german}
	matcher   = language.NewMatcher([]language.Tag{language.English, language.German})
)

// with puts names into a text.
func (t *texts) with(text, account string, who ...string) string {
	return strings.NewReplacer("ACCOUNT", account, "WHO", strings.Join(who, "")).Replace(text)
}

// refusal is what a page says of one.
func (t *texts) refusal(e *api.Error) message {
	switch e.ErrorCode() {
	case "InvitationUsed":
		return t.used
	case "InvitationExpired":
		return t.expired
	case "InvitationReplaced":
		return t.replaced
	case "InvitationWithdrawn":
		return t.withdrawn
	}
	switch e.Kind {
	case api.NotFound:
		return t.unknown
	case api.Forbidden:
		return t.foreign
	}
	if e.Kind.Status == http.StatusTooManyRequests || e.Kind.Status >= http.StatusInternalServerError {
		return t.later
	}
	return t.wrong
}

var english = texts{
	Language: "en", Title: "Invitation to ACCOUNT", Invited: "You are invited to join ACCOUNT.", InvitedBy: "WHO invites you to join ACCOUNT.",
	For: "This invitation is for", YourName: "Your name", Accept: "Accept", GoBack: "Back to the invitation",
	Welcome: "Welcome to ACCOUNT", Registered: "You are now a member of ACCOUNT. You can close this page.",
	unknown:   message{"Invitation not found", "There is no invitation with this address. Check that you have opened the whole link of the mail, or ask who invited you for a new one."},
	used:      message{"Already accepted", "This invitation was accepted already; a link can be used once. If it was not you, tell who invited you."},
	expired:   message{"Invitation expired", "The time of this invitation is over. Ask who invited you to send it again."},
	replaced:  message{"There is a newer link", "This invitation was sent again. Use the link of the newest mail."},
	withdrawn: message{"Invitation withdrawn", "This invitation was withdrawn. If you think that it was by mistake, ask who invited you."},
	wrong:     message{"That did not work", "Enter your name: up to 256 characters, in one line."},
	foreign:   message{"That did not work", "The answer came from another page. Open the link of the mail and accept there."},
	later:     message{"Please try again", "The server cannot answer just now. Open the link again in a moment."},
}

var german = texts{
	Language: "de", Title: "Einladung zu ACCOUNT", Invited: "Sie sind eingeladen, ACCOUNT beizutreten.", InvitedBy: "WHO lädt Sie ein, ACCOUNT beizutreten.",
	For: "Diese Einladung ist für", YourName: "Ihr Name", Accept: "Annehmen", GoBack: "Zurück zur Einladung",
	Welcome: "Willkommen bei ACCOUNT", Registered: "Sie sind jetzt Mitglied von ACCOUNT. Sie können diese Seite schließen.",
	unknown:   message{"Einladung nicht gefunden", "Unter dieser Adresse gibt es keine Einladung. Prüfen Sie, ob Sie den ganzen Link der Nachricht geöffnet haben, oder bitten Sie um eine neue."},
	used:      message{"Bereits angenommen", "Diese Einladung wurde bereits angenommen; ein Link gilt nur einmal. Wenn Sie es nicht waren, melden Sie es dem, der Sie eingeladen hat."},
	expired:   message{"Einladung abgelaufen", "Die Zeit dieser Einladung ist vorbei. Bitten Sie darum, dass sie noch einmal geschickt wird."},
	replaced:  message{"Es gibt einen neueren Link", "Diese Einladung wurde noch einmal geschickt. Benutzen Sie den Link der neuesten Nachricht."},
	withdrawn: message{"Einladung zurückgezogen", "Diese Einladung wurde zurückgezogen. Wenn das ein Versehen ist, fragen Sie den, der Sie eingeladen hat."},
	wrong:     message{"Das ging nicht", "Geben Sie Ihren Namen ein: bis zu 256 Zeichen, in einer Zeile."},
	foreign:   message{"Das ging nicht", "Die Antwort kam von einer anderen Seite. Öffnen Sie den Link der Nachricht und nehmen Sie dort an."},
	later:     message{"Bitte noch einmal", "Der Server kann gerade nicht antworten. Öffnen Sie den Link in einem Augenblick noch einmal."},
}
