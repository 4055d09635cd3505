package e2e

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// listBots is the list of an account's bots.
func (c *caller) listBots(t testing.TB, accountID string) pager {
	return func(size *int32, token *string) (ids []string, next *string, err error) {
		out, err := c.ListBots(t.Context(), &chime.ListBotsInput{AccountId: &accountID, MaxResults: size, NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		for _, b := range out.Bots {
			ids = append(ids, *b.BotId)
		}
		return ids, out.NextToken, nil
	}
}

// bots makes n bots and returns their ids, newest first.
func (c *caller) bots(t testing.TB, accountID string, n int) []string {
	t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[n-1-i] = *c.bot(t, accountID, fmt.Sprintf("Bot %d", i)).BotId
	}
	return ids
}

func TestListBots_newest_first(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		list := e.listBots(t, id)
		list.isEmpty(t)
		ids := e.bots(t, id, 5)
		list.holds(t, ids)
		e.listBots(t, e.enterprise(t)).isEmpty(t)
		out, err := e.ListBots(t.Context(), &chime.ListBotsInput{AccountId: &id})
		succeed(t, err)
		equal(t, "item", &out.Bots[0], e.getBot(t, id, &ids[0]))
	})
}

func TestListBots_page_sizes(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		e.bots(t, id, 100)
		e.listBots(t, id).pageSizes(t, 10, 99)
	})
}

func TestListBots_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsEnterprise(t, func(c *caller, accountID string) error {
			_, _, err := c.listBots(t, accountID)(nil, nil)
			return err
		})
	})
}
