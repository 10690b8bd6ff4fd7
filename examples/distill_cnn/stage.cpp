// SPDX-License-Identifier: MIT
#include "stage.hpp"

#include <cstdio>
#include <optional>
#include <stdexcept>

#include "optimiser.hpp"

namespace example {
namespace {

using model = kd::nn::any_model<float>;

/// All that a training is made of, which a checkpoint holds.
struct training_state {
  model& trained;
  optimiser own, of_learnt;
  objective& learnt;
  kd::train::fit_state fit;
  kd::train::history history;
  kd::train::keep_best<model> best;

  training_state(const options& o, const stage& s)
      : trained(*s.model),
        own(o.optimiser, s.settings->weight_decay, trained.parameters().size()),
        of_learnt(o.optimiser, s.settings->weight_decay, s.learnt->parameters().size()),
        learnt(*s.learnt),
        history(s.settings->epochs),
        best(trained, history) {}

  template <class Visit>
  void visit_state(Visit&& visit) {
    using kd::train::part;
    kd::train::together(part{"model", trained}, part{"optimiser", own}, part{"fit", fit},
                        part{"history", history}, part{"best", best})
        .visit_state(visit);
    if (learnt.parameters().empty()) return;
    kd::train::together(part{"objective", learnt}, part{"objective_optimiser", of_learnt})
        .visit_state(visit);
  }
};

/// The number of epochs that ended.
std::int64_t ended(const kd::train::fit_state& f) { return f.epoch + (f.epoch_ended ? 1 : 0); }

/// A row of metrics.csv and points for TensorBoard behind every epoch. Both are opened at the
/// first: a training that was resumed at its end leaves them as they are.
class recorder {
 public:
  recorder(const options& o, const run_data& data, const stage& s, const training_state& t)
      : out_(o.out),
        rows_(data.rows),
        s_(s),
        t_(t),
        watched_(data.validation.count > 0 ? "validation" : "test") {}

  void after_epoch(const kd::train::fit_state& f) {
    if (!table_) open(f.epoch);
    const auto at = static_cast<std::size_t>(f.epoch);
    const auto& h = t_.history;
    table_->row({s_.key, f.epoch + 1, h.loss[at], h.rate[at], watched_, h.validation_loss[at],
                 h.validation_accuracy[at]});
    const auto point = [&](const std::string& tag, double value) {
      events_->scalar(tag, f.epoch, value);
    };
    point("loss/training", h.loss[at]);
    point("loss/" + watched_, h.validation_loss[at]);
    point("accuracy/" + watched_, h.validation_accuracy[at]);
    point("rate", h.rate[at]);
    for (const auto& term : t_.learnt.terms()) {
      point("term/" + term.name, term.value);
      point("weight/" + term.name, term.weight);
    }
  }

 private:
  void open(std::int64_t epochs_before) {
    table_.emplace(kd::io::csv_writer::resume(
        out_ + "/metrics.csv",
        {"model", "epoch", "loss", "rate", "watched", "watched_loss", "watched_accuracy"},
        rows_ + epochs_before));
    events_.emplace(out_ + "/tensorboard/" + s_.key);
    if (epochs_before > 0) events_->restart(epochs_before);
  }

  std::string out_;
  std::int64_t rows_;  // of the trainings before
  const stage& s_;
  const training_state& t_;
  std::string watched_;
  std::optional<kd::io::csv_writer> table_;
  std::optional<kd::io::tensorboard_writer> events_;
};

/// The epochs that ended, of an array with room for all.
std::vector<double> known(const std::vector<double>& all, const kd::train::fit_state& f) {
  return {all.begin(), all.begin() + ended(f)};
}

kd::io::text_metadata metadata_of(const stage& s) { return {{"model", s.title}}; }

}  // namespace

void train(const options& o, run_data& data, const stage& s, kd::train::report_model& result) {
  const bool validates = data.validation.count > 0;
  training_state t(o, s);
  kd::train::checkpoints folder(o.out + "/" + s.key);
  if (o.resume)
    folder.load_newest(t, [](const std::string& warning) {
      std::fprintf(stderr, "distill_cnn: %s\n", warning.c_str());
    });

  const kd::train::fit_options settings{s.settings->epochs, o.batch,
                                        s.settings->rate * kd::parse_schedule(o.rate_schedule),
                                        o.clip, o.seed};
  kd::train::validation watched(*s.model, validates ? data.validation : data.test, t.history);
  kd::train::also learn(t.learnt, t.of_learnt, o.clip);
  recorder rows(o, data, s, t);
  const double from = static_cast<double>(ended(t.fit)) / static_cast<double>(s.settings->epochs);
  kd::train::progress_bar bar(s.title, {.quiet = o.quiet, .from = from});
  kd::train::checkpointing saves(folder, t, {.batches = o.save_every, .metadata = metadata_of(s)});
  const auto run = [&](auto&... more) {
    kd::train::fit(*s.model, t.own, data.train, settings, t.fit, s.step, t.history, watched,
                   more..., learn, rows, bar, data.interruption, saves);
  };
  try {
    if (validates && o.patience > 0) {
      kd::train::early_stopping stops(t.history, {.patience = o.patience});
      run(stops, t.best);
    } else if (validates) {
      run(t.best);
    } else {
      run();
    }
  } catch (const kd::train::diverged& e) {
    throw std::runtime_error(std::string(e.what()) +
                             (saves.newest().empty()
                                  ? "; nothing was saved yet"
                                  : "; the last good checkpoint is '" + saves.newest() + "'"));
  }
  if (data.interruption.stopped()) throw interrupted{};
  const std::vector<double> accuracy = known(t.history.validation_accuracy, t.fit);
  if (!accuracy.empty())
    bar.end(kd::train::detail::text_of_number(100 * accuracy.back(), 2) + " % of the " +
            (validates ? "validation" : "test") + " images right");

  result.name = s.title;
  result.loss = known(t.history.loss, t.fit);
  result.accuracy = accuracy;
  result.seconds = t.fit.seconds;
  data.rows += ended(t.fit);
}

void load_trained(const options& o, const std::string& folder, const stage& s) {
  training_state t(o, s);
  if (!kd::train::load_newest(folder + "/" + s.key, t))
    throw std::runtime_error("'" + folder + "/" + s.key + "' holds no checkpoint of the " +
                             s.title);
  t.best.restore();
}

}  // namespace example
