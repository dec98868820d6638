//! The visit that is under way, and the record of the last one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use demarc_engine::{Paced, RealPace, Update};
use demarc_model::{Config, Phrase, Plan, Prober, Run, Service};
use demarc_probes::RealNetwork;
use demarc_simulator::{Household, SimulatedHome};
use demarc_wizard::Action;
use demarc_words::Words;
use tauri::{async_runtime::JoinHandle, ipc::Channel};
use tokio::sync::mpsc;

use crate::description::Start;
