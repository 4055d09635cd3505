package chime

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"unicode"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// Limits of bots.
const (
	tokenLength  = 40 // characters of a security token
	botNameTail  = " (Bot)"
	botEmailTail = "-chimebot@"
)

// botName is the name that answers show.
func botName(displayName string) string { return displayName + botNameTail }

func (s *Service) botShape(b *store.Bot) *api.Bot {
	return &api.Bot{
		BotEmail: api.Some(b.Email), BotId: api.Some(b.BotID), BotType: api.Some(api.BotTypeChatBot),
		CreatedTimestamp: api.Timestamp(b.CreatedMs), Disabled: api.Some(b.Disabled), DisplayName: api.Some(botName(b.DisplayName)),
		SecurityToken: api.Some(s.securityToken(b)), UpdatedTimestamp: api.Timestamp(b.UpdatedMs), UserId: api.Some(b.BotID),
	}
}

// securityToken is derived from the bot and how often it was regenerated.
func (s *Service) securityToken(b *store.Bot) string {
	secret := s.derive("bot", b.BotID+"\x00"+strconv.FormatInt(b.TokenSerial, 10))
	return base64.StdEncoding.EncodeToString(secret)[:tokenLength]
}

// bot returns a bot of the caller, for reading.
func bot(w *work.Unit, accountID, botID string) (*store.Bot, error) {
	a, err := enterprise(account(w, accountID))
	if err != nil {
		return nil, err
	}
	b, err := w.Bot(a.AccountID, botID)
	return &b, err
}

// lockBot returns a bot of the caller, to be changed.
func lockBot(w *work.Unit, accountID, botID string) (*store.Bot, error) {
	a, err := enterprise(writableAccount(w, accountID))
	if err != nil {
		return nil, err
	}
	b, err := w.LockBot(a.AccountID, botID)
	return &b, err
}

// CreateBot makes a bot with an address in one of the account's domains.
func (s *Service) CreateBot(w *work.Unit, in *api.CreateBotInput) (*api.CreateBotOutput, error) {
	local, err := botLocalPart(in.DisplayName.V)
	if err != nil {
		return nil, err
	}
	a, err := enterprise(lockAccount(w, in.AccountId))
	if err != nil {
		return nil, err
	}
	domain, err := botDomain(w, a, in.Domain)
	if err != nil {
		return nil, err
	}
	b := &store.Bot{
		AccountID: a.AccountID, BotID: w.NewID(), AwsAccountID: a.AwsAccountID, DisplayName: in.DisplayName.V,
		Email: local + botEmailTail + domain, CreatedMs: w.NowMs(), UpdatedMs: w.NowMs(),
	}
	return &api.CreateBotOutput{Bot: s.botShape(b)}, s.addBot(w, b)
}

// botLocalPart checks a bot's name and returns what its address begins with.
func botLocalPart(name string) (string, error) {
	local := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, name)
	if local == "" {
		return "", api.Invalid("DisplayName", "not be blank")
	}
	illegal := func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(`@<>()[]\,;:"`, r) }
	if strings.ContainsFunc(local, illegal) {
		return "", api.Invalid("DisplayName", "have only characters that an e-mail address can have")
	}
	return local, nil
}

// botDomain is the domain asked for or the account's first.
func botDomain(w *work.Unit, a *store.Account, asked api.Opt[string]) (string, error) {
	domains, err := w.Domains(a.AccountID)
	if err != nil {
		return "", err
	}
	for _, d := range domains {
		if !asked.Set || strings.EqualFold(d.Name, asked.V) {
			return d.Name, nil
		}
	}
	return "", api.Invalid("Domain", "be a domain that the account has claimed; it has %d", len(domains))
}

// addBot adds a bot to an account that is locked, so that the quota holds.
func (s *Service) addBot(w *work.Unit, b *store.Bot) error {
	have, err := w.CountBots(b.AccountID)
	if err != nil {
		return err
	}
	if int(have) >= s.config.Quotas.Bots {
		return api.ResourceLimitExceeded.Errorf("The account may have %d bots", s.config.Quotas.Bots)
	}
	err = w.InsertBot(b)
	if errors.Is(err, store.ErrExists) {
		return api.BadRequest.Errorf("%s: the account has a bot with this address already", messageBadRequest)
	}
	return err
}

// GetBot returns a bot with its security token.
func (s *Service) GetBot(w *work.Unit, in *api.GetBotInput) (*api.GetBotOutput, error) {
	b, err := bot(w, in.AccountId, in.BotId)
	if err != nil {
		return nil, err
	}
	return &api.GetBotOutput{Bot: s.botShape(b)}, nil
}

// ListBots returns the bots of an account, newest first.
func (s *Service) ListBots(w *work.Unit, in *api.ListBotsInput) (*api.ListBotsOutput, error) {
	botList := list[store.Bot, api.Bot]{
		pageSize: botPageSize,
		at:       func(b *store.Bot) store.Position { return store.Position{Ms: b.CreatedMs, ID: b.BotID} },
		shape:    value(s.botShape), // with tokens, which the service derives
		size:     jsonSize[api.Bot],
	}
	q := listing{in: in, token: in.NextToken, maxResults: in.MaxResults}
	bots, next, err := botList.page(s, w, q, func(after store.Position, limit int) ([]store.Bot, error) {
		a, err := enterprise(account(w, in.AccountId))
		if err != nil {
			return nil, err
		}
		return w.Bots(a.AccountID, after, limit)
	})
	return &api.ListBotsOutput{Bots: bots, NextToken: next}, err
}

// UpdateBot stops a bot or lets it run again.
func (s *Service) UpdateBot(w *work.Unit, in *api.UpdateBotInput) (*api.UpdateBotOutput, error) {
	b, err := lockBot(w, in.AccountId, in.BotId)
	if err != nil {
		return nil, err
	}
	if in.Disabled.Set {
		b.Disabled, b.UpdatedMs = in.Disabled.V, w.NowMs()
	}
	return &api.UpdateBotOutput{Bot: s.botShape(b)}, w.UpdateBot(b)
}

// RegenerateSecurityToken gives a bot a new security token. As the live service
// did, it leaves UpdatedTimestamp alone.
func (s *Service) RegenerateSecurityToken(w *work.Unit, in *api.RegenerateSecurityTokenInput) (*api.RegenerateSecurityTokenOutput, error) {
	b, err := lockBot(w, in.AccountId, in.BotId)
	if err != nil {
		return nil, err
	}
	b.TokenSerial++
	return &api.RegenerateSecurityTokenOutput{Bot: s.botShape(b)}, w.UpdateBot(b)
}
