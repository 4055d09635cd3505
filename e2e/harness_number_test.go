package e2e

import (
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// stockedCodes are US area codes that tests take numbers from. All tenants of a
// server share its stock, so that every test gets a code of its own. Tests that
// look at a whole area code use one that is not among these.
var stockedCodes = strings.Fields(`
	201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 220 223 224 225 228 229 231 234 239 240 248 251
	252 253 254 256 260 262 267 269 270 272 274 276 279 281 283 301 302 303 304 305 308 309 310 312 313 314 315 316 317
	318 319 320 321 323 324 325 326 330 331 332 334 336 337 339 341 346 347 351 352 353 360 361 363 364 380 385 386 401
	402 404 405 406 407 408 409 410 412 413 414 415 417 419 423 424 425 430 432 434 435 440 442 443 445 447 448 458 463
	464 469 470 472 475 478 479 480 484 501 502 503 504 505 507 508 509 510 512 513 515 516 517 518 520 530 531 534 539
	540 541 551 557 559 561 562 563 564 567 570 571 572 573 574 575 580 582 585 586 601 602 603 605 606 607 608 609 610
	612 614 615 616 617 618 619 620 623 626 628 629 630 631 636 640 641 645 646 650 651 656 657 659 660 661 662 667 669
	678 679 680 681 682 686 689 702 703 704 706 707 708 712 713 714 715 716 717 718 719 720 724 725 726 727 728 730 731
	732 734 737 740 743 747 754 757 760 762 763 765 769 770 771 772 773 774 775 779 781 785 786 801 802 803 804 805 806
	810 812 813 814 815 816 817 818 820 821 826 828 830 831 832 838 839 840 843 845 847 848 850 854 856 857 858 859 860
	861 862 863 864 865 870 872 878 901 903 904 906 908 909 910 912 913 914 915 916 917 918 919 920 925 928 929 930 931
	934 936 937 938 940 941 943 945 947 948 949 951 952 954 956 959 970 971 972 973 975 978 979 980 984 985 986 989`)

var codesTaken = struct {
	sync.Mutex
	byServer map[string]int
}{byServer: map[string]int{}}

// areaCode returns an area code that no other test takes numbers from.
func (c *caller) areaCode() string {
	codesTaken.Lock()
	defer codesTaken.Unlock()
	n := codesTaken.byServer[c.endpoint]
	codesTaken.byServer[c.endpoint]++
	return stockedCodes[n%len(stockedCodes)]
}

// search returns one page of numbers that must be answered.
func (c *caller) search(t testing.TB, in chime.SearchAvailablePhoneNumbersInput) *chime.SearchAvailablePhoneNumbersOutput {
	t.Helper()
	out, err := c.SearchAvailablePhoneNumbers(t.Context(), &in)
	succeed(t, err)
	return out
}

// available returns n numbers that can be ordered, all of one area code. In a
// long run codes come up again; those that have too few numbers left are passed
// over.
func (c *caller) available(t testing.TB, n int) []string {
	t.Helper()
	for range stockedCodes {
		if found := c.availableIn(t, c.areaCode(), n); len(found) == n {
			return found
		}
	}
	t.Fatalf("no area code has %d numbers left", n)
	return nil
}

// availableIn returns up to n numbers of an area code.
func (c *caller) availableIn(t testing.TB, areaCode string, n int) []string {
	t.Helper()
	return c.search(t, chime.SearchAvailablePhoneNumbersInput{AreaCode: &areaCode, MaxResults: aws.Int32(int32(n))}).E164PhoneNumbers
}

// tollFree returns a toll-free number of a prefix that can be ordered.
func (c *caller) tollFree(t testing.TB, prefix string) string {
	t.Helper()
	return c.search(t, chime.SearchAvailablePhoneNumbersInput{TollFreePrefix: &prefix}).E164PhoneNumbers[0]
}

// The product types of numbers.
const (
	businessCalling = types.PhoneNumberProductTypeBusinessCalling
	voiceConnector  = types.PhoneNumberProductTypeVoiceConnector
	sipDialIn       = types.PhoneNumberProductTypeSipMediaApplicationDialIn
)

func (c *caller) tryOrder(t testing.TB, product types.PhoneNumberProductType, numbers ...string) (*types.PhoneNumberOrder, error) {
	t.Helper()
	out, err := c.CreatePhoneNumberOrder(t.Context(), &chime.CreatePhoneNumberOrderInput{ProductType: product, E164PhoneNumbers: numbers})
	if err != nil {
		return nil, err
	}
	return out.PhoneNumberOrder, nil
}

// getOrder returns an order as GetPhoneNumberOrder shows it.
func (c *caller) getOrder(t testing.TB, id *string) *types.PhoneNumberOrder {
	t.Helper()
	out, err := c.GetPhoneNumberOrder(t.Context(), &chime.GetPhoneNumberOrderInput{PhoneNumberOrderId: id})
	succeed(t, err)
	return out.PhoneNumberOrder
}

// completed waits for the end of an order and returns it.
func (c *caller) completed(t testing.TB, id *string) (o *types.PhoneNumberOrder) {
	t.Helper()
	eventually(t, "end of an order", func() bool {
		o = c.getOrder(t, id)
		return o.Status != types.PhoneNumberOrderStatusProcessing
	})
	return o
}

// order orders numbers and waits for the end.
func (c *caller) order(t testing.TB, product types.PhoneNumberProductType, numbers ...string) *types.PhoneNumberOrder {
	t.Helper()
	o, err := c.tryOrder(t, product, numbers...)
	succeed(t, err)
	return c.completed(t, o.PhoneNumberOrderId)
}

// own puts n numbers into the inventory of the caller's AWS account.
func (c *caller) own(t testing.TB, product types.PhoneNumberProductType, n int) []string {
	t.Helper()
	numbers := c.available(t, n)
	c.acquire(t, product, numbers...)
	return numbers
}

// acquire orders numbers, all of which must be had.
func (c *caller) acquire(t testing.TB, product types.PhoneNumberProductType, numbers ...string) {
	t.Helper()
	equal(t, "status of the order", c.order(t, product, numbers...).Status, types.PhoneNumberOrderStatusSuccessful)
}

// ordered returns the items of an order in one status.
func ordered(status types.OrderedPhoneNumberStatus, numbers ...string) (items []types.OrderedPhoneNumber) {
	for _, number := range numbers {
		items = append(items, types.OrderedPhoneNumber{E164PhoneNumber: &number, Status: status})
	}
	return items
}

// number returns a number as GetPhoneNumber shows it.
func (c *caller) number(t testing.TB, id string) *types.PhoneNumber {
	t.Helper()
	out, err := c.GetPhoneNumber(t.Context(), &chime.GetPhoneNumberInput{PhoneNumberId: &id})
	succeed(t, err)
	return out.PhoneNumber
}

// noNumber checks that the caller has no such number.
func (c *caller) noNumber(t testing.TB, id string) {
	t.Helper()
	_, err := c.GetPhoneNumber(t.Context(), &chime.GetPhoneNumberInput{PhoneNumberId: &id})
	refused(t, err, notFound, messageNotFound)
}

// status returns the status of a number, nothing if the caller has no such number.
func (c *caller) status(t testing.TB, id string) types.PhoneNumberStatus {
	t.Helper()
	out, err := c.GetPhoneNumber(t.Context(), &chime.GetPhoneNumberInput{PhoneNumberId: &id})
	if err != nil {
		refused(t, err, notFound)
		return ""
	}
	return out.PhoneNumber.Status
}

func (c *caller) deleteNumber(t testing.TB, id string) error {
	t.Helper()
	_, err := c.DeletePhoneNumber(t.Context(), &chime.DeletePhoneNumberInput{PhoneNumberId: &id})
	return err
}

func (c *caller) assign(t testing.TB, accountID string, userID *string, number string) error {
	t.Helper()
	_, err := c.AssociatePhoneNumberWithUser(t.Context(), &chime.AssociatePhoneNumberWithUserInput{
		AccountId: &accountID, UserId: userID, E164PhoneNumber: &number,
	})
	return err
}

// listNumbers is the list of the numbers of the caller's AWS account.
func (c *caller) listNumbers(t testing.TB, in chime.ListPhoneNumbersInput) pager {
	return func(size *int32, token *string) (numbers []string, next *string, err error) {
		in.MaxResults, in.NextToken = size, token
		out, err := c.ListPhoneNumbers(t.Context(), &in)
		if err != nil {
			return nil, nil, err
		}
		for _, n := range out.PhoneNumbers {
			numbers = append(numbers, *n.E164PhoneNumber)
		}
		return numbers, out.NextToken, nil
	}
}

// numberID is the PhoneNumberId of a number, percent-encoded as it is.
func numberID(number string) string { return "%2B" + number[1:] }

// idSpellings are the ways to name a number in a PhoneNumberId.
func idSpellings(number string) []string {
	digits := number[1:]
	return []string{number, digits, "%2B" + digits, "%252B" + digits}
}

// numberCall is an operation on a number, with everything else valid.
type numberCall func(c *caller, id string) error

// needsNumber checks that an operation knows only numbers of the caller's AWS
// account.
func (e *env) needsNumber(t *testing.T, call numberCall) {
	t.Helper()
	c, other := e.tenant(t), e.tenant(t)
	theirs, free := other.own(t, businessCalling, 1)[0], e.available(t, 1)[0]
	for _, id := range []string{theirs, free, "+4930123456", "abc", "+", "+12065550100x", "x/../y é"} {
		refused(t, call(c, id), notFound, messageNotFound)
	}
	equal(t, "number of the other one", other.status(t, theirs), types.PhoneNumberStatusUnassigned)
}
