use std::io::Read;

use anyhow::{Context, anyhow};
use application::accounts::{GrantedAdmin, generate_password, grant_admin};
use domain::accounts::{Email, Password};

use super::start;
use crate::wiring::Wired;

pub(super) async fn create_admin(email: &str, password_stdin: bool) -> anyhow::Result<()> {
    let email = Email::parse(email)?;
    let wired = Wired::new(&start()?).await?;
    let accounts = &wired.services.accounts;
    let password = if password_stdin { read_password()? } else { generate_password(accounts) };
    wired.migrate().await?;
    match grant_admin(accounts, email.clone(), &password).await? {
        GrantedAdmin::Created => println!("{email} is a new administrator."),
        GrantedAdmin::Promoted => println!("{email} is an administrator now, and logged out everywhere."),
    }
    if !password_stdin {
        println!("Password: {}", password.expose());
    }
    Ok(())
}

fn read_password() -> anyhow::Result<Password> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("the password cannot be read from standard input")?;
    Password::parse(text.trim_end_matches(['\r', '\n'])).map_err(|rules| {
        let rules: Vec<_> = rules.iter().map(ToString::to_string).collect();
        anyhow!(rules.join(" "))
    })
}
