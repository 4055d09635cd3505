package console

import (
	"net/http"
	"net/url"

	"carillon/api"
)

const ordersPath = numbersPath + "/orders"

func orderPath(orderID string) string { return ordersPath + "/" + url.PathEscape(orderID) }

// numberCrumbs lead to a page below that of phone numbers.
func numberCrumbs(label string, between ...link) []link {
	return append(append([]link{{Label: "Phone numbers", URL: numbersPath}}, between...), link{Label: label, Current: true})
}

// orderList is what the list of orders shows.
type orderList struct {
	Orders      []api.PhoneNumberOrder
	First, Next string
}

func listOrders(p *page) error {
	out, err := p.calls().ListPhoneNumberOrders(p.r.Context(), &api.ListPhoneNumberOrdersInput{
		NextToken: api.NonZero(p.r.FormValue("page")), MaxResults: api.Some(pageRows),
	})
	if err != nil {
		return err
	}
	list := &orderList{Orders: out.PhoneNumberOrders}
	list.First, list.Next = p.turns(out.NextToken.V)
	return p.show(http.StatusOK, "number-orders", view{
		Title: "Phone number orders", Crumbs: numberCrumbs("Orders"), Tabs: p.numberTabs(), Commands: []string{awsChime("list-phone-number-orders")}, Body: list,
	})
}

// orderPage is what the page of one order shows.
type orderPage struct {
	Order *api.PhoneNumberOrder
	Shown []api.OrderedPhoneNumber
}

// shownNumbers bounds how many numbers a page of an order shows.
const shownNumbers = 500

// showOrder comes back by itself until the order is complete.
func showOrder(p *page) error {
	out, err := p.calls().GetPhoneNumberOrder(p.r.Context(), &api.GetPhoneNumberOrderInput{PhoneNumberOrderId: p.r.PathValue("order")})
	if err != nil {
		return err
	}
	o, id := out.PhoneNumberOrder, out.PhoneNumberOrder.PhoneNumberOrderId.V
	v := view{Title: "Phone number order", Crumbs: numberCrumbs(id, link{Label: "Orders", URL: ordersPath}), Commands: []string{awsChime("get-phone-number-order", "--phone-number-order-id", id)}}
	v.Body = &orderPage{Order: o, Shown: o.OrderedPhoneNumbers[:min(len(o.OrderedPhoneNumbers), shownNumbers)]}
	if o.Status.V == api.PhoneNumberOrderStatusProcessing {
		v.Refresh = 2
	}
	return p.show(http.StatusOK, "number-order", v)
}

// orderNumbers orders the numbers that were checked.
func orderNumbers(p *page) error {
	product := api.PhoneNumberProductType(p.r.PostFormValue("ProductType"))
	out, err := p.calls().CreatePhoneNumberOrder(p.r.Context(), &api.CreatePhoneNumberOrderInput{
		E164PhoneNumbers: p.r.PostForm["E164PhoneNumbers"], ProductType: api.NonZero(product),
	})
	if len(p.r.PostForm["E164PhoneNumbers"]) == 0 && api.IsKind(err, api.BadRequest) {
		err = api.BadRequest.Errorf("No number was chosen")
	}
	if err != nil {
		return p.done(p.from(searchPath), "order", err, "")
	}
	return p.tell(orderPath(out.PhoneNumberOrder.PhoneNumberOrderId.V), result{Text: "The numbers were ordered."})
}
