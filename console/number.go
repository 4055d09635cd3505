package console

import (
	"net/http"

	"carillon/api"
)

// numberPage is what the page of one phone number shows.
type numberPage struct {
	Number numberRow
	Forms  []*form
}

func showNumber(p *page) error {
	out, err := p.calls().GetPhoneNumber(p.r.Context(), &api.GetPhoneNumberInput{PhoneNumberId: p.r.PathValue("number")})
	if err != nil {
		return err
	}
	e164 := out.PhoneNumber.E164PhoneNumber.V
	row := []numberRow{p.numberRow(out.PhoneNumber)}
	if err := p.nameHolders(row); err != nil {
		return err
	}
	body := &numberPage{Number: row[0], Forms: p.numberForms(out.PhoneNumber)}
	return p.show(http.StatusOK, "number", view{
		Title: e164, Crumbs: numberCrumbs(e164), Resource: e164, Body: body,
		Commands: []string{
			awsChime("get-phone-number", "--phone-number-id", e164),
			awsChime("update-phone-number", "--phone-number-id", e164, "--calling-name", "Example"),
			awsChime("delete-phone-number", "--phone-number-id", e164),
			awsChime("restore-phone-number", "--phone-number-id", e164),
		},
	})
}

// numberForms are what can be done to a number in its status, as far as the visitor
// may.
func (p *page) numberForms(n *api.PhoneNumber) (list []*form) {
	add := func(operation string, here bool, f form) {
		if here && p.may(operation) {
			f.Action = numberPath(n.E164PhoneNumber.V, f.Name)
			list = append(list, p.filled(f))
		}
	}
	free, assigned := n.Status.V == api.PhoneNumberStatusUnassigned, n.Status.V == api.PhoneNumberStatusAssigned
	add("AssociatePhoneNumberWithUser", free, form{Name: "associate", Title: "User", Button: "Associate with user", Fields: []field{
		{Name: "AccountId", Label: "Account id", Required: true},
		{Name: "UserId", Label: "User", Required: true, Hint: "An e-mail address or a user id."},
	}})
	add("DisassociatePhoneNumberFromUser", assigned, form{Name: "disassociate", Title: "User", Hint: "The number goes back to the inventory.", Button: "Disassociate from user"})
	add("UpdatePhoneNumber", free || assigned, form{Name: "name", Title: "Calling name", Button: "Save calling name", Fields: []field{
		{Name: "CallingName", Label: "Calling name", Value: n.CallingName.V, Hint: "2 to 15 letters, digits and spaces; empty: none."},
	}})
	add("UpdatePhoneNumber", free, form{Name: "product", Title: "Product type", Button: "Save product type", Fields: []field{
		{Name: "ProductType", Label: "Product type", Kind: "select", Options: options(string(n.ProductType.V), numberProducts...)},
	}})
	add("DeletePhoneNumber", free, form{Name: "delete", Title: "Delete the number", Hint: "It stays in the deletion queue for seven days, and can be restored.", Button: "Delete", Danger: true})
	add("RestorePhoneNumber", n.Status.V == api.PhoneNumberStatusReleaseInProgress, form{Name: "restore", Title: "Deletion queue", Hint: "The number becomes usable again, without its calling name.", Button: "Restore"})
	return list
}

// numberResults tell what was done to a number, by action.
var numberResults = map[string]string{
	"associate": "The number is the user's now.", "disassociate": "The number is nobody's now.", "name": "The calling name was changed.",
	"product": "The product type was changed.", "delete": "The number is in the deletion queue.", "restore": "The number was restored.",
}

// changeNumber does what a form of a number asks for.
func changeNumber(p *page) error {
	id, action := p.r.PathValue("number"), p.r.PathValue("action")
	text, known := numberResults[action]
	if !known {
		return notFound(p)
	}
	return p.done(p.from(numberPath(id)), action, p.changeNumber(id, action), text)
}

func (p *page) changeNumber(id, action string) (err error) {
	calls, ctx, value := p.calls(), p.r.Context(), p.r.PostFormValue
	switch action {
	case "associate":
		err = p.associate(id)
	case "disassociate":
		err = p.disassociate(id)
	case "name":
		_, err = calls.UpdatePhoneNumber(ctx, &api.UpdatePhoneNumberInput{PhoneNumberId: id, CallingName: api.Some(value("CallingName"))})
	case "product":
		_, err = calls.UpdatePhoneNumber(ctx, &api.UpdatePhoneNumberInput{PhoneNumberId: id, ProductType: api.Some(api.PhoneNumberProductType(value("ProductType")))})
	case "delete":
		err = calls.DeletePhoneNumber(ctx, &api.DeletePhoneNumberInput{PhoneNumberId: id})
	case "restore":
		_, err = calls.RestorePhoneNumber(ctx, &api.RestorePhoneNumberInput{PhoneNumberId: id})
	}
	return err
}

// associate gives a number to the user that a form names.
func (p *page) associate(id string) error {
	accountID := p.r.PostFormValue("AccountId")
	userID, err := p.userID(accountID, "UserId")
	if err != nil {
		return err
	}
	return p.calls().AssociatePhoneNumberWithUser(p.r.Context(), &api.AssociatePhoneNumberWithUserInput{
		AccountId: accountID, UserId: userID, E164PhoneNumber: api.Some(id),
	})
}

// disassociate takes a number from whoever has it.
func (p *page) disassociate(id string) error {
	out, err := p.calls().GetPhoneNumber(p.r.Context(), &api.GetPhoneNumberInput{PhoneNumberId: id})
	if err != nil {
		return err
	}
	accountID, userID := holder(out.PhoneNumber)
	if userID == "" {
		return nil
	}
	return p.calls().DisassociatePhoneNumberFromUser(p.r.Context(), &api.DisassociatePhoneNumberFromUserInput{AccountId: accountID, UserId: userID})
}
