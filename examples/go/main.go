// Waits: `plugin: {wait: {for: 3s}}` holds a step back without holding anything else. Written in Go, with nothing but its standard library.
package main

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

const address = "127.0.0.1:14377"

type request struct {
	Template *struct {
		Plugin map[string]json.RawMessage `json:"plugin"`
	} `json:"template"`
	// What we answered at the call before.
	State *state `json:"state"`
}

type state struct {
	Until time.Time `json:"until"`
}

type node struct {
	Phase   string `json:"phase"`
	Message string `json:"message"`
}

type reply struct {
	Node    *node  `json:"node,omitempty"`
	Requeue string `json:"requeue,omitempty"`
	State   *state `json:"state,omitempty"`
}

func execute(call request, now time.Time) (reply, error) {
	if call.Template == nil {
		return reply{}, errors.New("there is no template")
	}
	block, ours := call.Template.Plugin["wait"]
	if !ours {
		return reply{}, nil // another plugin's task
	}
	until := now
	if call.State != nil {
		until = call.State.Until
	} else {
		var input struct {
			For string `json:"for"`
		}
		if err := json.Unmarshal(block, &input); err != nil {
			return reply{Node: &node{"Failed", err.Error()}}, nil
		}
		length, err := time.ParseDuration(input.For)
		if err != nil {
			return reply{Node: &node{"Failed", "for must be a duration such as 30s: " + err.Error()}}, nil
		}
		until = now.Add(length)
	}
	if left := until.Sub(now).Round(time.Millisecond); left > 0 {
		return reply{&node{"Running", fmt.Sprintf("waits until %s", until.Format(time.RFC3339))}, left.String(), &state{until}}, nil
	}
	return reply{Node: &node{"Succeeded", "the time is over"}}, nil
}

func handle(writer http.ResponseWriter, incoming *http.Request) {
	if incoming.Method != http.MethodPost {
		http.Error(writer, "POST, please", http.StatusMethodNotAllowed)
		return
	}
	var call request
	if err := json.NewDecoder(incoming.Body).Decode(&call); err != nil {
		http.Error(writer, "not a request: "+err.Error(), http.StatusBadRequest)
		return
	}
	answer, err := execute(call, time.Now())
	if err != nil {
		http.Error(writer, err.Error(), http.StatusBadRequest)
		return
	}
	writer.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(writer).Encode(answer); err != nil {
		log.Print(err)
	}
}

// Lets only the agent in.
func guarded(token string, next http.Handler) http.Handler {
	expected := []byte("Bearer " + token)
	return http.HandlerFunc(func(writer http.ResponseWriter, incoming *http.Request) {
		if subtle.ConstantTimeCompare([]byte(incoming.Header.Get("Authorization")), expected) != 1 {
			http.Error(writer, "wrong token", http.StatusForbidden)
			return
		}
		next.ServeHTTP(writer, incoming)
	})
}

func main() {
	// Outrigger names another place where it cannot mount this one (a laptop without user namespaces).
	path := os.Getenv("OUTRIGGER_TOKEN_PATH")
	if path == "" {
		path = "/var/run/argo/token"
	}
	token, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	methods := http.NewServeMux()
	methods.HandleFunc("/api/v1/template.execute", handle)
	server := &http.Server{Addr: address, Handler: guarded(strings.TrimSpace(string(token)), methods), ReadHeaderTimeout: 10 * time.Second}
	stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()
	<-stopped.Done()
	grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		log.Print(err)
	}
}
