package console_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"
)

// numbers orders phone numbers of an area code and waits until they are there. In
// pages their plus is written otherwise.
func (b *browser) numbers(product string, n int) (list []string) {
	b.Helper()
	for _, v := range b.call("GET", "/search?type=phone-numbers&area-code=206", "")["E164PhoneNumbers"].([]any)[:n] {
		list = append(list, v.(string))
	}
	b.call("POST", "/phone-number-orders", `{"ProductType":"`+product+`","E164PhoneNumbers":["`+strings.Join(list, `","`)+`"]}`)
	for range 200 {
		if out := b.call("GET", "/phone-numbers?status=Unassigned", ""); len(out["PhoneNumbers"].([]any)) >= n {
			return list
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Fatal("the order does not end")
	return nil
}

func TestNumbers(t *testing.T) {
	b := signedIn(t)
	b.shows("none", b.get("/ui/phone-numbers"), "There are no such numbers.", "list-phone-numbers")
	number := b.numbers("VoiceConnector", 2)[0]
	p := b.get("/ui/phone-numbers?product=VoiceConnector")
	b.want("list", p, 200, "Phone numbers")
	b.checkPage("list", p)
	b.shows("list", p, number[1:], "--product-type VoiceConnector", ">Delete</button>")
	b.hides("another product", b.get("/ui/phone-numbers?product=BusinessCalling"), number[1:])
	list := "/ui/phone-numbers?status=Unassigned"
	p = b.post("/ui/phone-numbers/"+number+"/delete", "from", list)
	b.shows("deleted", p, "is in the deletion queue", ">Delete</button>")
	b.hides("deleted", p, number[1:])
	p = b.get("/ui/phone-numbers?status=ReleaseInProgress")
	b.shows("queue", p, number[1:], ">Restore</button>")
	b.hides("queue", p, ">Delete</button>")
	b.shows("restored", b.post("/ui/phone-numbers/"+number+"/restore", "from", list), "The number was restored.", number[1:])
}

func TestNumber(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	user := b.user(account, "ann@example.com")
	number := b.numbers("BusinessCalling", 1)[0]
	path := "/ui/phone-numbers/" + number
	b.want("a number", b.get(path), 200, number)
	b.checkPage(path, b.get(path))
	b.shows("calling name", b.post(path+"/name", "CallingName", "Example"), "The calling name was changed.", "<dd>Example</dd>")
	b.shows("no calling name", b.post(path+"/name", "CallingName", "!"), `role="alert"`, "aria-invalid", `value="!"`)
	b.shows("product", b.post(path+"/product", "ProductType", "VoiceConnector"), "<dd>VoiceConnector</dd>")
	b.shows("product", b.post(path+"/product", "ProductType", "BusinessCalling"), "<dd>BusinessCalling</dd>")
	b.shows("nobody", b.post(path+"/associate", "AccountId", account, "UserId", "nobody"), `role="alert"`, "Associate with user")
	b.shows("no such address", b.post(path+"/associate", "AccountId", account, "UserId", "bob@example.com"), `role="alert"`, "aria-invalid")
	b.shows("by address", b.post(path+"/associate", "AccountId", account, "UserId", "ann@example.com"), "Disassociate from user")
	b.shows("disassociated", b.post(path+"/disassociate"), "Associate with user")
	p := b.post(path+"/associate", "AccountId", account, "UserId", user)
	b.shows("associated", p, "/ui/accounts/"+account+"/users/"+user+`">ann@example.com</a>`, "Disassociate from user")
	b.shows("in the list", b.get("/ui/phone-numbers"), "/ui/accounts/"+account+"/users/"+user+`">ann@example.com</a>`)
	b.hides("associated", p, ">Delete</button>")
	b.shows("disassociated", b.post(path+"/disassociate"), "nobody&#39;s now", "Associate with user")
	b.shows("deleted", b.post(path+"/delete"), "In the deletion queue", ">Restore</button>")
	b.want("no action", b.post(path+"/explode"), 404, "Not found")
	b.want("no number", b.get("/ui/phone-numbers/+19995550100"), 404, "Not found")
}

var nextPage = regexp.MustCompile(`href="([^"]+)" rel="next"`)

func TestNumberOrder(t *testing.T) {
	b := signedIn(t)
	b.want("search", b.get("/ui/phone-numbers/search"), 200, "Order phone numbers")
	url := "/ui/phone-numbers/search?AreaCode=206"
	p := b.get(url)
	b.shows("found", p, `value="&#43;12065550100"`, "Order numbers</button>", "--area-code 206", "Next page")
	b.checkPage(url, p)
	next := nextPage.FindStringSubmatch(p.text)
	if next == nil {
		t.Fatal("there is no next page")
	}
	p = b.get(html.UnescapeString(next[1]))
	b.shows("next", p, `href="`+url+`"`, `value="&#43;1206`, `value="206"`)
	b.hides("next", p, `value="&#43;12065550100"`)
	b.shows("no state", b.get("/ui/phone-numbers/search?City=Seattle"), `role="alert"`, "City needs State", `value="Seattle"`)
	b.shows("toll-free", b.get("/ui/phone-numbers/search?TollFreePrefix=855"), `value="&#43;1855`, "--toll-free-prefix 855")
	b.shows("none chosen", b.post("/ui/phone-numbers/orders", "ProductType", "VoiceConnector", "from", url), `role="alert"`, "No number was chosen", `value="206"`)
	p = b.post("/ui/phone-numbers/orders", "ProductType", "VoiceConnector", "from", url, "E164PhoneNumbers", "+12065550100", "E164PhoneNumbers", "+12065550101")
	b.want("ordered", p, 200, "Phone number order")
	b.shows("ordered", p, "The numbers were ordered.", "<dd>VoiceConnector</dd>", "12065550101")
	for i := 0; i < 200 && !strings.Contains(p.text, "<dd>Successful</dd>"); i++ {
		time.Sleep(20 * time.Millisecond)
		p = b.get(p.url.Path)
	}
	b.shows("complete", p, "<dd>Successful</dd>", `href="/ui/phone-numbers/&#43;12065550101"`)
	b.hides("complete", p, "http-equiv")
	b.checkPage("order", p)
	b.shows("orders", b.get("/ui/phone-numbers/orders"), p.url.Path, "<td data-label=\"Numbers\">2</td>")
	b.want("no order", b.get("/ui/phone-numbers/orders/00000000-0000-0000-0000-000000000000"), 404, "Not found")
}

func TestNumbers_denied(t *testing.T) {
	root := signedIn(t)
	number := root.numbers("VoiceConnector", 1)[0]
	id, secret := root.key("reader", "AmazonChimeReadOnly")
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	p := b.get("/ui/phone-numbers")
	b.shows("list", p, number[1:])
	b.hides("list", p, "Delete</button>")
	b.hides("a number", b.get("/ui/phone-numbers/"+number), "<button>Save", "Delete</button>", "Associate with user")
	b.hides("search", b.get("/ui/phone-numbers/search?AreaCode=206"), "Order numbers</button>", `type="checkbox"`)
	b.want("forced", b.post("/ui/phone-numbers/"+number+"/delete"), 403, "Not allowed")
	b.want("forced", b.post("/ui/phone-numbers/orders", "ProductType", "VoiceConnector", "E164PhoneNumbers", "+12065550101"), 403, "Not allowed")
	b.shows("after it", root.get("/ui/phone-numbers/"+number), "<dd>Unassigned</dd>")
}
