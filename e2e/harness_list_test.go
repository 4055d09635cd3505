package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// pager reads one page of a list and returns the ids on it.
type pager func(size *int32, token *string) (ids []string, next *string, err error)

// page returns one page that must be answered.
func (list pager) page(t testing.TB, size *int32, token *string) ([]string, *string) {
	t.Helper()
	ids, next, err := list(size, token)
	succeed(t, err)
	return ids, next
}

// all walks through a list by pages of a size.
func (list pager) all(t testing.TB, size int32) (ids []string) {
	t.Helper()
	for token, more := (*string)(nil), true; more; more = token != nil {
		var page []string
		page, token = list.page(t, &size, token)
		if len(page) > int(size) {
			t.Fatalf("a page has %d items, more than %d", len(page), size)
		}
		ids = append(ids, page...)
	}
	return ids
}

// holds checks what is in a list of at least two items, in pages of every kind.
func (list pager) holds(t testing.TB, want []string) {
	t.Helper()
	for _, size := range []int32{1, 2, int32(len(want)), 99} {
		equal(t, fmt.Sprintf("list by pages of %d", size), list.all(t, size), want)
	}
	_, token := list.page(t, aws.Int32(1), nil)
	rest, next := list.page(t, nil, token)
	equal(t, "page 2 without a size", rest, want[1:])
	equal(t, "NextToken of page 2", next, nil)
	_, next = list.page(t, aws.Int32(int32(len(want))), nil)
	equal(t, "NextToken of a full last page", next, nil)
	first, _ := list.page(t, aws.Int32(1), aws.String(""))
	equal(t, "page with an empty token", first, want[:1])
}

// isEmpty checks that a list has nothing in it.
func (list pager) isEmpty(t testing.TB) {
	t.Helper()
	ids, next := list.page(t, nil, nil)
	equal(t, "items", len(ids), 0)
	equal(t, "NextToken", next, nil)
}

// pageSizes checks the default and the limits of MaxResults with a list of
// more items than the largest page has.
func (list pager) pageSizes(t testing.TB, standard, largest int) {
	t.Helper()
	for size, want := range map[*int32]int{nil: standard, aws.Int32(1): 1, aws.Int32(int32(largest)): largest} {
		ids, next := list.page(t, size, nil)
		equal(t, fmt.Sprintf("items for MaxResults %d", aws.ToInt32(size)), len(ids), want)
		if next == nil {
			t.Error("a page that is not the last one has no NextToken")
		}
	}
	list.refusesSizes(t, largest)
	ids := list.all(t, int32(largest))
	slices.Sort(ids)
	equal(t, "items that are on two pages", len(ids)-len(slices.Compact(slices.Clone(ids))), 0)
}

// refusesSizes checks what MaxResults may not be.
func (list pager) refusesSizes(t testing.TB, largest int) {
	t.Helper()
	for _, size := range []int{-1, 0, largest + 1} {
		_, _, err := list(aws.Int32(int32(size)), nil)
		refused(t, err, badRequest, "'MaxResults'")
	}
}

// refusesTokens checks that a list does not take some tokens, nor its own if
// it was changed.
func (list pager) refusesTokens(t testing.TB, tokens map[string]*string) {
	t.Helper()
	_, own := list.page(t, aws.Int32(1), nil)
	if own == nil {
		t.Fatal("the list has no second page")
	}
	bad := map[string]string{"changed": changed(*own), "cut": (*own)[:len(*own)-1], "invented": "x"}
	for what, token := range tokens {
		bad[what] = *token
	}
	for what, token := range bad {
		t.Log("a token", what)
		_, _, err := list(nil, &token)
		refused(t, err, badRequest, "'NextToken'")
	}
}
