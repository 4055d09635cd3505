package chime

import (
	"carillon/api"
	"carillon/store"
)

// The kinds of records about which there are rules.
const (
	kindAccounts    = "accounts"
	kindActivity    = "activity"
	kindBots        = "bots"
	kindDomains     = "domains"
	kindInvitations = "invitations"
	kindMemberships = "memberships"
	kindNumbers     = "numbers"
	kindOrders      = "orders"
	kindRetention   = "retention"
	kindRooms       = "rooms"
	kindScimMembers = "scim-members"
	kindSettings    = "settings"
	kindUsers       = "users"
)

// checkArchived checks what the operations check that make such records.
func checkArchived(kind string, r *store.ArchiveRow) error {
	switch kind {
	case kindUsers:
		return checkEmail("PrimaryEmail", r.Text("PrimaryEmail"))
	case kindNumbers:
		return checkArchivedNumber(r)
	case kindDomains:
		if r.Text("AccountId") == "" {
			return api.Invalid("AccountId", "be there")
		}
	case kindBots:
		return checkArchivedBot(r)
	}
	return nil
}

func checkArchivedBot(r *store.ArchiveRow) error {
	endpoint, lambda := api.NonZero(r.Text("OutboundEventsHTTPSEndpoint")), api.NonZero(r.Text("LambdaFunctionArn"))
	if err := checkEmail("BotEmail", r.Text("BotEmail")); err != nil || !endpoint.Set && !lambda.Set {
		return err
	}
	return checkEvents(&api.PutEventsConfigurationInput{OutboundEventsHTTPSEndpoint: endpoint, LambdaFunctionArn: lambda})
}

// withinQuota takes back the records that are too many for what they are in, and
// returns the others.
func (m *archiveImport) withinQuota(rows []archivedRow) (kept []archivedRow, err error) {
	over := map[string]int{} // by what they are in
	for i := len(rows) - 1; i >= 0; i-- {
		r := rows[i]
		place := m.place(r)
		if _, counted := over[place]; !counted {
			if over[place], err = m.over(r, len(rows)); err != nil {
				return nil, err
			}
		}
		if over[place] <= 0 {
			kept = append(kept, r)
			continue
		}
		over[place]--
		if err := m.w.TakeBackArchived(r.ArchiveRow, m.w.Caller.AwsAccountID); err != nil {
			return nil, err
		}
		m.fail(r.index, api.ResourceLimitExceeded.Errorf("There are more %s than the quota allows", m.kind.Name))
	}
	return kept, nil
}

// place is what a quota counts records in: a room, an account, or else the AWS account.
func (m *archiveImport) place(r archivedRow) string {
	if !m.kind.InAccounts() {
		return ""
	}
	return r.Text("AccountId") + "\x00" + r.Room()
}

// over returns by how many records the place of one exceeds its quota; 0 or less: it
// does not. The records of this import are there already.
func (m *archiveImport) over(r archivedRow, added int) (int, error) {
	w, quotas, account := m.w, &m.s.config.Quotas, r.Text("AccountId")
	var n int64
	var err error
	quota := 0
	switch m.kind.Name {
	case kindAccounts:
		quota = quotas.Accounts - added // which are not counted yet
		n, err = w.CountAccounts(w.Caller.AwsAccountID)
	case kindNumbers:
		quota = quotas.PhoneNumbers
		n, err = w.CountPhoneNumbers(w.Caller.AwsAccountID)
	case kindRooms:
		quota = quotas.Rooms
		n, err = w.CountRooms(account)
	case kindMemberships:
		quota = quotas.RoomMemberships
		n, err = w.CountRoomMembers(account, r.Room())
	case kindBots:
		quota = quotas.Bots
		n, err = w.CountBots(account)
	}
	return int(n) - quota, err
}

// follow does what the operations do besides that make such records: it leaves the
// jobs of what goes on by itself.
func (m *archiveImport) follow(rows []archivedRow) error {
	if m.kind.Name == kindAccounts {
		return m.w.AdoptAccounts(m.w.Caller.AwsAccountID, idsOf(rows))
	}
	for _, r := range rows {
		if err := m.followRow(r.ArchiveRow); err != nil {
			return err
		}
	}
	return nil
}

func idsOf(rows []archivedRow) (ids []string) {
	for _, r := range rows {
		ids = append(ids, r.Text("AccountId"))
	}
	return ids
}

func (m *archiveImport) followRow(r *store.ArchiveRow) error {
	w := m.w
	switch m.kind.Name {
	case kindOrders:
		if r.Text("Status") == string(api.PhoneNumberOrderStatusProcessing) {
			return w.Enqueue(jobCompleteOrder, completeOrder{w.Caller.AwsAccountID, r.Text("PhoneNumberOrderId")}, w.NowMs())
		}
	case kindNumbers:
		if r.Text("Status") == queued {
			since := r.Number("DeletionTimestamp")
			return w.Enqueue(jobPurgeNumber, purgeNumber{r.Text("E164PhoneNumber"), since}, since+deletionQueueTime.Milliseconds())
		}
		return m.assign(r)
	case kindRetention:
		if begins := r.Number("InitiateDeletionTimestamp"); begins > 0 {
			return w.Enqueue(jobRetention, retentionRun{r.Text("AccountId"), r.Number("UpdatedTimestamp")}, begins)
		}
	}
	return nil
}
