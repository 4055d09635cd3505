package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// demo is an organisation that does not exist, in the AWS account of the root key:
// data of each kind, so that no page of the console is empty.
type demo struct {
	*caller
	testing.TB
	post *postOffice
	// later moves the clock of the server, if it has one.
	later func(duration string)

	company, studio string // an EnterpriseLWA account and a Team account
}

// build makes all of it.
func (d *demo) build() {
	d.Helper()
	d.company = carillon[struct{ Account struct{ AccountId string } }](d, d.caller,
		"account", "create", "--name", "Alder & Finch", "--type", "EnterpriseLWA", "--domain", "alderfinch.example").Account.AccountId
	d.people()
	d.later("30h")
	d.rooms()
	d.bots()
	d.later("17h")
	d.numbers()
	d.guests()
	d.later("3h")
	d.colleagues()
}

// demoNames are people who do not exist.
var demoNames = strings.Split("Ada Winter,Bruno Keller,Clara Osei,Dmitri Vale,Elif Aksoy,Farid Noor,Greta Lindqvist,Hugo Marsh,Ines Cardoso,Jonas Brandt,"+
	"Kaya Demir,Liam Calloway,Mira Petrov,Noor Haddad,Oskar Nyberg,Paula Reyes,Quinn Abara,Rosa Conti,Sven Holm,Tilda Frost,Umar Siddiq,Vera Novak,"+
	"Wanda Kowal,Xavier Dumont,Yara Salem,Zeno Bianchi", ",")

// address is the e-mail address of somebody at the company.
func address(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@alderfinch.example"
}

// people fills the company from a list, as a newcomer would.
func (d *demo) people() {
	d.Helper()
	list := "Email,Name,License,Type,Registration status,Registered on\n"
	for i, name := range demoNames {
		license := []string{"Pro", "Pro", "Basic"}[i%3]
		list += fmt.Sprintf("%s,%s,%s,PrivateUser,Registered,2026-%02d-%02dT09:%02d:00Z\n", address(name), name, license, 1+i%11, 1+i, i)
	}
	list += "lobby.screen@alderfinch.example,Lobby screen,Basic,SharedDevice,Registered,2026-03-02T08:00:00Z\n"
	file := filepath.Join(d.TempDir(), "people.csv")
	succeed(d, os.WriteFile(file, []byte(list), 0o600))
	equal(d, "exit code of the import", d.tryCarillon(d, "user", "import", "--account-id", d.company, file).code, 0)
	d.suspend(d, d.company, *d.find(d, d.company, address("Hugo Marsh")).UserId, *d.find(d, d.company, address("Sven Holm")).UserId)
}

func (d *demo) rooms() {
	d.Helper()
	for _, name := range []string{"Front desk", "Releases", "Water cooler"} {
		room := d.room(d, d.company, name)
		for i := range 3 {
			d.join(d, d.company, *room.RoomId, *d.find(d, d.company, address(demoNames[i*len(name)%26])).UserId)
		}
		d.send(d, "POST", webhooksPath(d.company, room.RoomId), `{"Name":"Build server"}`).ok(d, 201)
	}
}

func (d *demo) bots() {
	d.Helper()
	d.lambdaBot(d, d.company, "Rota")
	bot := d.bot(d, d.company, "Old greeter")
	_, err := d.UpdateBot(d.Context(), &chime.UpdateBotInput{AccountId: &d.company, BotId: bot.BotId, Disabled: aws.Bool(true)})
	succeed(d, err)
}

func (d *demo) numbers() {
	d.Helper()
	numbers := d.own(d, businessCalling, 4)
	d.acquire(d, voiceConnector, d.available(d, 1)...)
	succeed(d, d.assign(d, d.company, d.find(d, d.company, address("Ada Winter")).UserId, numbers[0]))
	_, err := d.UpdatePhoneNumber(d.Context(), &chime.UpdatePhoneNumberInput{PhoneNumberId: &numbers[1], CallingName: aws.String("Reception")})
	succeed(d, err)
	succeed(d, d.deleteNumber(d, numbers[3]))
}

// guests invites people into a Team account: one comes, one is not there, and one has
// not looked at the mail yet.
func (d *demo) guests() {
	d.Helper()
	out, err := d.CreateAccount(d.Context(), &chime.CreateAccountInput{Name: aws.String("Harbour Studio")})
	succeed(d, err)
	d.studio = *out.Account.AccountId
	d.invite(d, d.studio, "ida@harbour.example")
	d.accept(d, d.post.letterTo(d, "ida@harbour.example").link(d), "Ida Strand")
	d.post.refuse(550)
	d.invite(d, d.studio, "gone@harbour.example")
	eventually(d, "the invitation fails", func() bool {
		return d.find(d, d.studio, "gone@harbour.example").UserInvitationStatus == types.InviteStatusFailed
	})
	d.post.refuse(0)
	d.invite(d, d.studio, "max@harbour.example")
}

// pending is the list of those who have not accepted yet: the company, which the other
// pages are of, has none.
func (d *demo) pending() string { return "/ui/accounts/" + d.studio + "/invitations?status=Pending" }

// colleagues get keys, one of them for a script with a policy of its own.
func (d *demo) colleagues() {
	d.Helper()
	for user, policy := range map[string]string{"clara": "AmazonChimeReadOnly", "joiners-leavers": "AmazonChimeUserManagement"} {
		d.tryCarillon(d, "key", "create", "--user", user, "--policy", policy).succeeded(d)
	}
	d.tryCarillon(d, "scim-token", "create", "--account-id", d.company, "--name", "Directory sync").succeeded(d)
	d.suspend(d, d.company, *d.find(d, d.company, address("Vera Novak")).UserId)
}
