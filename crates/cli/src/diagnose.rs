//! `demarc diagnose`

use std::{
    io::{Read as _, Write as _},
    path::Path,
    sync::Arc,
};

use anyhow::{Context, Result, anyhow, bail};
use demarc_engine::{Assignment, Earlier, files};
use demarc_model::{Config, Prober, Run, Service, nearest};
use demarc_probes::RealNetwork;
use demarc_report::{Format, Redaction};
use demarc_simulator::{Household, SimulatedHome};
use demarc_wizard::{Action, Settings};
use demarc_words::Words;
use tokio::sync::mpsc;

use crate::{
    arguments::{Arguments, Diagnose, OutputFormat, WrongUsage},
    progress::Progress,
    report,
};

/// Runs one visit and prints its result.
pub fn run(arguments: &Arguments, options: &Diagnose) -> Result<()> {
    let household = options.household.as_deref().map(household).transpose()?;
    let config = configuration(arguments, options, household.as_ref())?;
    // Made before anything is measured, so that an unwritable place is told at once and not after minutes.
    let output = options.output.as_deref().map(files::PendingFile::create).transpose()?;
    let words = Words::new(&language());
    let settings = Settings {
        profile: options.profile.into(),
        load_allowed: !options.no_load,
        interactive: false,
        answers: options.answer.iter().cloned().collect(),
    };
    let household_name = household.as_ref().map(|household| household.name().to_owned());
    let earlier = match &options.compare_with {
        Some(path) => Some(Earlier { run: report::record(arguments, path)?, change: options.change }),
        None => None,
    };
    let modem_page = options.modem_page.as_deref().map(modem_page).transpose()?;
    let assignment = Assignment { config, settings, household: household_name, earlier, modem_page };
    let simulated = household.is_some();
    let world: Arc<dyn Prober> = match household {
        Some(household) => Arc::new(SimulatedHome::new(household, options.seed, RealNetwork::new().now())),
        None => Arc::new(RealNetwork::new()),
    };
    let run = visit(world, assignment, &words)?;
    if !simulated {
        report::keep(arguments.data_dir.as_deref(), &run);
    }
    let content = match options.format {
        OutputFormat::Json => with_newline(demarc_report::render(&run, Format::Json, Redaction::None, &words)?),
        OutputFormat::Text => demarc_report::render(&run, Format::Text, Redaction::None, &words)?,
    };
    match output {
        Some(file) => drop(file.write(&content)?),
        None => {
            std::io::stdout().lock().write_all(&content).context("the result cannot be written to standard output; use --output FILE")?;
        }
    }
    Ok(())
}

fn with_newline(mut content: Vec<u8>) -> Vec<u8> {
    if content.last() != Some(&b'\n') {
        content.push(b'\n');
    }
    content
}

fn visit(world: Arc<dyn Prober>, assignment: Assignment, words: &Words) -> Result<Run> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("no thread can be started; close other programs")?;
    let run = runtime.block_on(async {
        let (actions, inbox) = mpsc::channel(1);
        let progress = Arc::new(Progress::new(words));
        let watcher = Arc::clone(&progress);
        let visit = demarc_engine::visit(world, assignment, inbox, Arc::new(move |update| watcher.show(&update)), words);
        tokio::pin!(visit);
        // The first interruption ends the visit with what is known; a second one stops at once.
        let mut actions = Some(actions);
        let mut interrupted = 0;
        let run = loop {
            tokio::select! {
                run = &mut visit => break Ok(run),
                // The terminal never checks again, so the engine need not wait for anybody once it has a verdict.
                () = progress.finished(), if interrupted == 0 && actions.is_some() => actions = None,
                _ = tokio::signal::ctrl_c() => {
                    interrupted += 1;
                    if interrupted > 1 {
                        break Err(anyhow!("stopped at once, as asked; nothing was written"));
                    }
                    progress.say("Stopping: the verdict is made from what is known. Press Ctrl-C again to stop at once.");
                    if let Some(actions) = actions.take() {
                        let _ = actions.send(Action::Conclude).await;
                    }
                }
            }
        };
        progress.end();
        run
    });
    // A name lookup under way must not hold up the end.
    runtime.shutdown_background();
    run
}

/// The page of a modem that the user saved: `-` is standard input. One without values is a mistake to be told before anything is measured.
fn modem_page(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    let most = demarc_modem::LONGEST_PAGE as u64 + 1;
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("the modem's page {} cannot be read; save it from the browser and give that file", path.display()))?;
    if bytes.len() > demarc_modem::LONGEST_PAGE {
        bail!("the modem's page {} is longer than 1 MiB; save the page with the table of channels or line values alone", path.display());
    }
    let page = String::from_utf8_lossy(&bytes).into_owned();
    if demarc_modem::read(&page).is_empty() {
        bail!(
            "{} holds no values of a modem that are known here; save the page that shows power levels, signal-to-noise ratios or a DSL line's margins",
            path.display()
        );
    }
    Ok(page)
}

/// A household by name, else by file.
pub fn household(name: &str) -> Result<Household> {
    if let Some(household) = Household::builtin(name) {
        return Ok(household);
    }
    let path = Path::new(name);
    if !path.exists() && path.extension().is_none() {
        let hint = nearest(name, Household::BUILTIN.iter().copied()).map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
        bail!(WrongUsage(format!(
            "there is no simulated home `{name}`{hint}; known are {}, or give a file",
            Household::BUILTIN.join(", ")
        )));
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("the simulated home {name} cannot be read; check the file"))?;
    Household::from_toml(&text).with_context(|| format!("the simulated home {name} is not valid"))
}

fn configuration(arguments: &Arguments, options: &Diagnose, household: Option<&Household>) -> Result<Config> {
    let mut config = match (household, &arguments.config) {
        (Some(household), None) => household.config(),
        (_, given) => files::load_config(given.as_deref())?,
    };
    if !options.service.is_empty() {
        config.services = options.service.iter().map(|host| service(host, &config.services)).collect::<Result<_>>()?;
    }
    Ok(config)
}

/// A host named on the command line; one that the configuration knows keeps what stands there.
fn service(host: &str, known: &[Service]) -> Result<Service> {
    if let Some(service) = known.iter().find(|service| service.host.eq_ignore_ascii_case(host)) {
        return Ok(service.clone());
    }
    let service = Service::from_host(host);
    if host.len() > 253
        || service.page().is_none_or(|page| page.host_str().is_none_or(|named| !named.trim_matches(['[', ']']).eq_ignore_ascii_case(host)))
    {
        bail!(WrongUsage(format!("`{host:.80}` is not a host name; write it like www.example.org")));
    }
    Ok(service)
}

/// Language of the environment, as in `de_DE.UTF-8`.
pub fn language() -> String {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    set.and_then(|value| value.split(['_', '.', '-']).next().map(str::to_lowercase)).unwrap_or_default()
}
