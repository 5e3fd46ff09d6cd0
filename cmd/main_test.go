package cmd_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/nexuslims/nexuslims-go/cmd"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// The test binary is also the program: with childArgs set it carries out a command line.
const (
	childArgs  = "NX_TEST_CHILD"       // arguments, one a line
	childNow   = "NX_TEST_CHILD_NOW"   // its clock
	childKill  = "NX_TEST_CHILD_KILL"  // number of the step after which it is gone
	childPause = "NX_TEST_CHILD_PAUSE" // step after which it says so and waits for a signal or the end of its input
)

func TestMain(m *testing.M) {
	if args := os.Getenv(childArgs); args != "" {
		os.Exit(child(strings.Split(args, "\n")))
	}
	goleak.VerifyTestMain(m)
}

// child is the stock program with its clock and its end in the hands of a test. Without
// a clock it is the program itself.
func child(args []string) int {
	now := os.Getenv(childNow)
	if now == "" {
		return cmd.Main(context.Background(), builtin.Plugins(), args)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	dir, err := os.Getwd()
	if err != nil {
		return pipeline.ExitFailed
	}
	return cmd.Run(ctx, cmd.Process{
		Plugins: builtin.Plugins(), Args: args, Environment: os.Environ(), Folder: dir,
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Checkpoint: checkpoint(ctx), RetryWait: time.Millisecond,
		Now: func() time.Time {
			t, _ := time.Parse(time.RFC3339, now) // written by the parent
			return t
		},
	})
}

// checkpoint ends or pauses the process where the parent wants it, and prints the steps
// where it wants to know them.
func checkpoint(ctx context.Context) func(string) {
	wanted, _ := strconv.Atoi(os.Getenv(childKill)) // zero: none
	pause := os.Getenv(childPause)
	closed := make(chan struct{})
	passed := 0
	return func(step string) {
		if passed++; passed == wanted {
			os.Exit(137)
		}
		if wanted < 0 {
			fmt.Fprintln(os.Stderr, "step:", step)
		}
		if step == pause && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, "paused:", step)
			go func() {
				_, _ = os.Stdin.Read(make([]byte, 1))
				close(closed)
			}()
			select {
			case <-ctx.Done():
			case <-closed:
			}
		}
	}
}
