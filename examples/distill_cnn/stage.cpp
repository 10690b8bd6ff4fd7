// SPDX-License-Identifier: MIT
#include "stage.hpp"

#include <cstdio>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "optimiser.hpp"
#include "term_history.hpp"

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
  term_history terms;
  kd::train::keep_best<model> best;

  explicit training_state(const stage& s)
      : trained(*s.model),
        own(s.optimiser, s.settings->weight_decay, trained.parameters().size()),
        of_learnt(s.optimiser, s.settings->weight_decay, s.learnt->parameters().size()),
        learnt(*s.learnt),
        history(s.settings->epochs),
        terms(learnt, s.settings->epochs),
        best(trained, history) {}

  template <class Visit>
  void visit_state(Visit&& visit) {
    using kd::train::part;
    kd::train::together(part{"model", trained}, part{"optimiser", own}, part{"fit", fit},
                        part{"history", history}, part{"terms", terms}, part{"best", best})
        .visit_state(visit);
    if (learnt.parameters().empty()) return;
    kd::train::together(part{"objective", learnt}, part{"objective_optimiser", of_learnt})
        .visit_state(visit);
  }
};

/// The number of epochs that ended.
std::int64_t ended(const kd::train::fit_state& f) { return f.epoch + (f.epoch_ended ? 1 : 0); }

const char* watched(const run_data& data) {
  return data.validation.count > 0 ? "validation" : "test";
}

void write_row(run_data& data, const stage& s, const training_state& t, std::size_t epoch) {
  if (!data.table) return;
  const auto& h = t.history;
  data.table->row({s.key, epoch + 1, h.loss[epoch], h.rate[epoch], watched(data),
                   h.validation_loss[epoch], h.validation_accuracy[epoch]});
}
/// The rows of the epochs that a run before made: the table follows from the checkpoints.
void write_rows(run_data& data, const stage& s, const training_state& t) {
  for (std::int64_t epoch = 0; epoch < ended(t.fit); ++epoch)
    write_row(data, s, t, static_cast<std::size_t>(epoch));
}

/// A row of metrics.csv and points for TensorBoard behind every epoch, both counted from 1.
class recorder {
 public:
  recorder(const options& o, run_data& data, const stage& s, const training_state& t)
      : path_(o.out + "/tensorboard/" + s.key), resumes_(o.resume), data_(data), s_(s), t_(t) {}

  void after_epoch(const kd::train::fit_state& f) {
    if (!events_) {
      events_.emplace(path_);
      if (resumes_) events_->restart(f.epoch + 1);
    }
    const auto at = static_cast<std::size_t>(f.epoch);
    write_row(data_, s_, t_, at);
    const auto point = [&](const std::string& tag, double value) {
      events_->scalar(tag, f.epoch + 1, value);
    };
    const auto& h = t_.history;
    point("loss/training", h.loss[at]);
    point(std::string("loss/") + watched(data_), h.validation_loss[at]);
    point(std::string("accuracy/") + watched(data_), h.validation_accuracy[at]);
    point("rate", h.rate[at]);
    for (std::size_t i = 0; i < t_.learnt.terms().size(); ++i)
      point("term/" + t_.learnt.terms()[i].name, t_.terms.of(i)[at]);
  }

 private:
  std::string path_;
  bool resumes_;
  run_data& data_;
  const stage& s_;
  const training_state& t_;
  std::optional<kd::io::tensorboard_writer> events_;  // opened at the first epoch that is trained
};

/// What is saved with a checkpoint, for people and for is_finished.
kd::io::text_metadata metadata_of(const stage& s, bool finished) {
  return {{"model", s.title}, {"finished", finished ? "yes" : "no"}};
}
bool is_finished(const std::optional<kd::train::loaded_checkpoint>& c) {
  return c && c->metadata.contains("finished") && c->metadata.at("finished") == "yes";
}

/// What a report tells of a training, and the model of its best epoch if that was kept.
void conclude(training_state& t, const stage& s, const run_data& data,
              kd::train::report_model& result) {
  t.best.restore();
  const std::int64_t epochs = ended(t.fit);
  const auto known = [&](const auto& all) {
    return std::vector<double>(all.begin(), all.begin() + epochs);
  };
  result.name = s.title;
  result.loss = known(t.history.loss);
  result.accuracy = known(t.history.validation_accuracy);
  result.seconds = t.fit.seconds;
  result.epoch = t.best.epoch() < 0 ? epochs : t.best.epoch() + 1;
  if (data.validation.count > 0)
    result.validation_accuracy = result.accuracy.at(static_cast<std::size_t>(result.epoch) - 1);
  if (t.learnt.terms().size() > 1)
    for (std::size_t i = 0; i < t.learnt.terms().size(); ++i)
      result.terms.push_back({t.learnt.terms()[i].name, known(t.terms.of(i))});
}

}  // namespace

void train(const options& o, run_data& data, const stage& s, kd::train::report_model& result) {
  const bool validates = data.validation.count > 0;
  training_state t(s);
  kd::train::checkpoints folder(o.out + "/" + s.key);
  const auto found = folder.load_newest(t, [](const std::string& warning) {
    std::fprintf(stderr, "distill_cnn: %s\n", warning.c_str());
  });
  write_rows(data, s, t);
  if (is_finished(found)) return conclude(t, s, data, result);

  const kd::train::fit_options settings{s.settings->epochs, o.batch,
                                        s.settings->rate * kd::parse_schedule(o.rate_schedule),
                                        o.clip, o.seed};
  kd::train::validation tested(*s.model, validates ? data.validation : data.test, t.history);
  kd::train::also learn(t.learnt, t.of_learnt, o.clip);
  recorder rows(o, data, s, t);
  const double from = static_cast<double>(ended(t.fit)) / static_cast<double>(s.settings->epochs);
  kd::train::progress_bar bar(s.title, {.quiet = o.quiet, .from = from});
  kd::train::checkpointing saves(folder, t,
                                 {.batches = o.save_every, .metadata = metadata_of(s, false)});
  const auto run = [&](auto&... more) {
    kd::train::fit(*s.model, t.own, data.train, settings, t.fit, s.step, t.history, tested, more...,
                   learn, t.terms, rows, bar, data.interruption, saves);
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
  folder.save(t, metadata_of(s, true));
  conclude(t, s, data, result);
  if (!result.accuracy.empty())
    bar.end(kd::train::detail::text_of_number(100 * result.accuracy.back(), 2) + " % of the " +
            watched(data) + " images right");
}

void load_trained(const std::string& folder, run_data& data, const stage& s,
                  kd::train::report_model& result) {
  training_state t(s);
  const std::string own = folder + "/" + s.key;
  std::error_code error;
  if (!std::filesystem::is_directory(own, error) || !is_finished(kd::train::load_newest(own, t)))
    throw std::runtime_error("'" + own + "' holds no " + s.title +
                             " that was trained to its end; its run goes on with --resume");
  write_rows(data, s, t);
  conclude(t, s, data, result);
}

void begin_table(const options& o, run_data& data) {
  data.table.emplace(o.out + "/metrics.csv",
                     std::vector<std::string>{"model", "epoch", "loss", "rate", "watched",
                                              "watched_loss", "watched_accuracy"});
}

}  // namespace example
