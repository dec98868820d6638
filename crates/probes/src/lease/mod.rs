//! Who gave an interface its address and for how long, as the programs tell that asked for it. Nothing is sent.

use demarc_model::{Outcome, Phrase};

#[cfg(target_os = "linux")]
mod linux;
pub mod read;

/// The lease of an interface's IPv4 address.
pub(crate) async fn perform(interface: &str) -> Outcome {
    match told(interface).await {
        Ok(Some(lease)) => demarc_model::Lease { interface: interface.to_owned(), ..lease }.into(),
        Ok(None) => Outcome::NotApplicable { why: Phrase::new("not-applicable-no-lease").text("interface", interface) },
        Err(detail) => Outcome::Failed { why: Phrase::new("failed-lease").text("detail", detail) },
    }
}

#[cfg(target_os = "linux")]
use linux::told;

#[cfg(target_os = "macos")]
async fn told(interface: &str) -> Result<Option<demarc_model::Lease>, String> {
    let told = crate::command::answer("/usr/sbin/ipconfig", &["getpacket", interface], std::time::Duration::from_secs(2)).await?;
    Ok(read::getpacket(&told))
}

#[cfg(windows)]
async fn told(interface: &str) -> Result<Option<demarc_model::Lease>, String> {
    const SCRIPT: &str = "ConvertTo-Json -Compress -Depth 3 -InputObject @{rows=@(\
        Get-CimInstance Win32_NetworkAdapterConfiguration -Filter 'IPEnabled=TRUE'|ForEach-Object{[pscustomobject]@{\
        Name=(Get-NetAdapter -InterfaceIndex $_.InterfaceIndex).Name;Dhcp=[int]$_.DHCPEnabled;Server=$_.DHCPServer;Domain=$_.DNSDomain;\
        Address=($_.IPAddress|Where-Object{$_ -notmatch ':'}|Select-Object -First 1);\
        Router=($_.DefaultIPGateway|Where-Object{$_ -notmatch ':'}|Select-Object -First 1);\
        Obtained=$_.DHCPLeaseObtained;Expires=$_.DHCPLeaseExpires}})}";
    let told = crate::command::powershell(SCRIPT, std::time::Duration::from_secs(6)).await?;
    Ok(read::powershell(&told, interface, chrono::Utc::now().timestamp()))
}
