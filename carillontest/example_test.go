package carillontest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"carillon/carillontest"
	"carillon/sigv4"
)

// testOnboarding is a test of a program that makes Chime accounts. Most
// programs use an AWS SDK, to which they give srv.URL as endpoint:
//
//	client := chime.New(chime.Options{
//		BaseEndpoint: &srv.URL,
//		Region:       srv.Region,
//		Credentials:  credentials.NewStaticCredentialsProvider(srv.AccessKeyID, srv.SecretAccessKey, ""),
//	})
//
// This one signs its requests itself.
func testOnboarding(t *testing.T) {
	srv := carillontest.New(t)

	body := `{"Name": "Acme"}`
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/accounts", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	credentials := sigv4.Credentials{AccessKeyID: srv.AccessKeyID, SecretAccessKey: srv.SecretAccessKey}
	sigv4.Sign(r, []byte(body), credentials, "chime", srv.Region, time.Now())

	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var out struct {
		Account struct{ Name, AccountType string }
	}
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusCreated || out.Account.Name != "Acme" || out.Account.AccountType != "Team" {
		t.Errorf("%s: %+v", answer.Status, out)
	}
}

// A test gets a server of its own, which ends with the test.
func Example() {
	_ = testOnboarding // in a program's own tests: func TestOnboarding(t *testing.T)
}
