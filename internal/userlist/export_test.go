package userlist_test

import (
	"strings"
	"testing"

	"carillon/internal/userlist"
)

// exportOf writes users, as the API shows them, as a list.
func exportOf(t *testing.T, format userlist.Format, users ...string) string {
	t.Helper()
	var out strings.Builder
	w := userlist.NewExport(&out, format)
	for _, text := range users {
		u, err := userlist.ParseUser([]byte(text))
		if err == nil {
			err = w.Write(u)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// odd is a user with everything, and with what formats have to quote.
const odd = `{"AccountId":"a","UserId":"-u","PrimaryEmail":"'=x@b.c","DisplayName":" '@\r\n\t\"Zoë\",; ","LicenseType":"Pro","UserType":"SharedDevice",` +
	`"UserRegistrationStatus":"Registered","UserInvitationStatus":"Accepted","RegisteredOn":"2019-01-08T17:59:18.006Z","InvitedOn":"2019-01-07T17:59:18.006Z",` +
	`"PersonalPIN":"0123456789","AlexaForBusinessMetadata":{"IsAlexaForBusinessEnabled":true,"AlexaForBusinessRoomArn":"arn:x"},` +
	`"UserSettings":{"Telephony":{"InboundCalling":true,"OutboundCalling":false,"SMS":true}},"PrimaryProvisionedNumber":"+12065550100"}`

// What is exported in any format says the same when it is read.
func TestNewExport(t *testing.T) {
	const few = `{"AccountId":"a","UserId":"v","PrimaryEmail":"v@b.c","DisplayName":null,"PersonalPIN":null}`
	for _, format := range []userlist.Format{userlist.CSV, userlist.JSON, userlist.JSONLines} {
		text := exportOf(t, format, odd, few)
		l, err := open(t, text, userlist.Auto)
		if err != nil || l.Format != format {
			t.Fatalf("%s: %v in %s", format, err, text)
		}
		for _, want := range []string{odd, strings.ReplaceAll(few, `,"DisplayName":null,"PersonalPIN":null`, "")} {
			row, err := l.Next()
			if err != nil || row.Problem != nil {
				t.Fatalf("%s: %v, %v", format, row, err)
			}
			if got := exportOf(t, userlist.JSONLines, string(row.AppendJSON(nil))); got != withoutPlace(want)+"\n" {
				t.Errorf("%s: got %s, want %s", format, got, want)
			}
		}
	}
}

// withoutPlace is a user without what an import takes from elsewhere.
func withoutPlace(user string) string {
	return strings.NewReplacer(`"AccountId":"a",`, "", `,"PrimaryProvisionedNumber":"+12065550100"`, "").Replace(user)
}

// A spreadsheet runs nothing of a list.
func TestNewExport_guarded(t *testing.T) {
	text := exportOf(t, userlist.CSV, odd)
	for _, cell := range []string{"'-u,", ",''=x@b.c,", "'+12065550100\n"} {
		if !strings.Contains(text, cell) {
			t.Errorf("lacks %s: %s", cell, text)
		}
	}
}

// Nothing is a list, too.
func TestNewExport_nobody(t *testing.T) {
	for format, want := range map[userlist.Format]string{
		userlist.JSON: "{\"Users\": []}\n", userlist.JSONLines: "",
		userlist.CSV: "AccountId,UserId,PrimaryEmail,DisplayName,LicenseType,UserType,UserRegistrationStatus,UserInvitationStatus,RegisteredOn,InvitedOn," +
			"PersonalPIN,IsAlexaForBusinessEnabled,AlexaForBusinessRoomArn,InboundCalling,OutboundCalling,SMS,PrimaryProvisionedNumber\n",
	} {
		if got := exportOf(t, format); got != want {
			t.Errorf("%s: got %q", format, got)
		}
	}
}
