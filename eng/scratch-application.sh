#!/usr/bin/env bash
# Installs the packed packages into a new application outside the checkout and runs it: what a user of the packages does first.
# usage: scratch-application.sh FOLDER-WITH-PACKAGES
set -euo pipefail
packages=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/.." && pwd)
version=$(ls "$packages" | sed -n 's/^DlpLora\.Runtime\.\([0-9].*\)\.nupkg$/\1/p')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# Packages of an earlier run with the same version must not be taken from the user's cache.
export NUGET_PACKAGES="$work/packages" CI=
cat > nuget.config <<XML
<configuration>
  <packageSources>
    <clear />
    <add key="packed" value="$packages" />
    <add key="nuget.org" value="https://api.nuget.org/v3/index.json" protocolVersion="3" />
  </packageSources>
</configuration>
XML
cat > Scratch.csproj <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
    <SelfContained>false</SelfContained>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="DlpLora.Runtime" Version="$version" />
    <PackageReference Include="DlpLora.OnnxExport" Version="$version" />
    <PackageReference Include="DlpLora.Runtime.Training" Version="$version" />
    <PackageReference Include="DlpLora.Runtime.Evaluation" Version="$version" />
    <PackageReference Include="DlpLora.Reports" Version="$version" />
    <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="1.31.1" />
  </ItemGroup>
</Project>
XML
cp "$root/eng/ScratchApplication.cs" Program.cs
dotnet run -c Release -- "$root/samples/models"
dotnet tool install DlpLora.Cli --tool-path "$work/tools" --version "$version" --configfile nuget.config
"$work/tools/dlplora" doctor
