package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func (c *caller) tryBot(t testing.TB, accountID, name string, domain *string) (*types.Bot, error) {
	t.Helper()
	out, err := c.CreateBot(t.Context(), &chime.CreateBotInput{AccountId: &accountID, DisplayName: &name, Domain: domain})
	if err != nil {
		return nil, err
	}
	return out.Bot, nil
}

var tokenPattern = regexp.MustCompile(`^[A-Za-z0-9+/]{40}$`)

func TestCreateBot_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, accountType := range allBut(types.AccountTypeTeam) {
			domain := uniqueDomain()
			id := e.account(t, accountType, domain)
			got := e.bot(t, id, "Meeting Helper")
			isUUID(t, "BotId", aws.ToString(got.BotId))
			isNow(t, "CreatedTimestamp", got.CreatedTimestamp)
			if !tokenPattern.MatchString(aws.ToString(got.SecurityToken)) {
				t.Errorf("the SecurityToken is %q", aws.ToString(got.SecurityToken))
			}
			equal(t, "Bot", *got, types.Bot{
				BotEmail: aws.String("MeetingHelper-chimebot@" + domain), BotId: got.BotId, BotType: types.BotTypeChatBot,
				CreatedTimestamp: got.CreatedTimestamp, Disabled: aws.Bool(false), DisplayName: aws.String("Meeting Helper (Bot)"),
				SecurityToken: got.SecurityToken, UpdatedTimestamp: got.CreatedTimestamp, UserId: got.BotId,
			})
			equal(t, "GetBot", e.getBot(t, id, got.BotId), got)
		}
	})
}

func TestCreateBot_domain(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, first, second := e.twoDomains(t)
		elsewhere := uniqueDomain()
		e.account(t, types.AccountTypeEnterpriseLWA, elsewhere)
		for i, domain := range []string{first, second, strings.ToUpper(second)} {
			got, err := e.tryBot(t, id, fmt.Sprintf("Bot %d", i), &domain)
			succeed(t, err)
			equal(t, "BotEmail", *got.BotEmail, fmt.Sprintf("Bot%d-chimebot@%s", i, strings.ToLower(domain)))
		}
		for _, domain := range []string{elsewhere, "example.org", " ", ""} {
			_, err := e.tryBot(t, id, "Stray", &domain)
			refused(t, err, badRequest, "'Domain'")
		}
		_, err := e.tryBot(t, e.account(t, types.AccountTypeEnterpriseOIDC), "Homeless", nil)
		refused(t, err, badRequest, "'Domain'")
	})
}

// twoDomains makes an account that claims two domains, one after the other.
func (c *caller) twoDomains(t testing.TB) (accountID, first, second string) {
	t.Helper()
	first, second = "z"+uniqueDomain(), "a"+uniqueDomain()
	accountID = c.account(t, types.AccountTypeEnterpriseOIDC, first)
	c.tryCarillon(t, "domain", "add", second, "--account-id", accountID).succeeded(t)
	return accountID, first, second
}

// Without a domain, a bot gets the one that was claimed first.
func TestCreateBot_first_domain(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, first, _ := e.twoDomains(t)
		equal(t, "BotEmail", *e.bot(t, id, "x").BotEmail, "x-chimebot@"+first)
		first = "z" + uniqueDomain()
		id = e.account(t, types.AccountTypeEnterpriseLWA, first, "y"+uniqueDomain(), "b"+uniqueDomain(), "a"+uniqueDomain())
		equal(t, "BotEmail where all were claimed at once", *e.bot(t, id, "x").BotEmail, "x-chimebot@"+first)
	})
}

func TestCreateBot_name_limits(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		for _, name := range []string{"x", ofLength(55, "y"), ofLength(55, "é"), " With blanks  around ", "Dash-dot.under_score+1"} {
			got, err := e.tryBot(t, id, name, nil)
			succeed(t, err)
			equal(t, "DisplayName", *got.DisplayName, name+" (Bot)")
			if local := strings.SplitN(*got.BotEmail, "@", 2)[0]; strings.Contains(local, " ") || !strings.HasSuffix(local, "-chimebot") {
				t.Errorf("the BotEmail is %q", *got.BotEmail)
			}
		}
		for _, name := range []string{"", " ", "\t\n", ofLength(56, "x"), ofLength(56, "é")} {
			_, err := e.tryBot(t, id, name, nil)
			refused(t, err, badRequest, "'DisplayName'")
		}
		for _, body := range []string{"", "{}", `{"DisplayName":null}`} {
			e.send(t, "POST", "/accounts/"+id+"/bots", body).refused(t, badRequest, "'DisplayName'")
		}
	})
}

func TestCreateBot_same_address(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, _, second := e.twoDomains(t)
		e.bot(t, id, "MyHelper")
		for _, name := range []string{"MyHelper", "My Helper", "MYHELPER"} {
			_, err := e.tryBot(t, id, name, nil)
			refused(t, err, badRequest)
		}
		_, err := e.tryBot(t, id, "MyHelper", &second)
		succeed(t, err)
		e.bot(t, e.enterprise(t), "MyHelper")
	})
}

func TestCreateBot_quota(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) { // the documented quota is 10
		id := e.enterprise(t)
		for i := range 10 {
			e.bot(t, id, fmt.Sprintf("Bot %d", i))
		}
		_, err := e.tryBot(t, id, "One too many", nil)
		refused(t, err, limitExceeded, "10")
		e.bot(t, e.enterprise(t), "Of another account")
	})
}

func TestCreateBot_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsEnterprise(t, func(c *caller, accountID string) error {
			_, err := c.tryBot(t, accountID, "x", nil)
			return err
		})
	})
}
